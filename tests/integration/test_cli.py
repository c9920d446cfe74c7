"""The `lockstep` command over the real interface: what people read, what they may do, and what they are told."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from cli import address
from cli.commands import app
from cli.problem import CliProblem
from tests.signed import event
from tests.workspace import ADMIN, APP, SELLER, Wire, Workspace

TOKENS = {
    "admin-token": {"email": ADMIN, "lockstep_role": "admin"},
    "seller-token": {"email": SELLER, "lockstep_role": "user"},
}
OWNED = {"sfdcType": "contact", "leadOwnerEmailAddress": "owner6@example.com"}


class Terminal:
    """A person at a terminal."""

    def __init__(self, world: Workspace):
        self.world = world
        self.wire: httpx.BaseTransport = Wire(world, TOKENS)
        self.token = "admin-token"

    def type(self, *words: str, token: str | None = None, answer: str = "") -> Result:
        """One command."""
        token = token or self.token
        where = ["--url", "https://api.test", "--token", token]
        return CliRunner().invoke(app, [*where, *words], obj=self.wire, input=answer)

    def done(self, *words: str, answer: str = "") -> str:
        """What a command that succeeds prints."""
        result = self.type(*words, answer=answer)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *words: str, token: str | None = None, answer: str = "") -> str:
        """The one sentence of a command that fails."""
        result = self.type(*words, token=token, answer=answer)
        assert result.exit_code == 1, result.output
        lines = re.findall(r"lockstep: .*", result.stderr)
        assert len(lines) == 1
        assert "Traceback" not in result.output
        return str(lines[0])


@pytest.fixture
def terminal() -> Terminal:
    """A terminal in an empty world."""
    return Terminal(Workspace())


def secret_file(folder: Path, text: str) -> str:
    """A file that holds a secret."""
    path = folder / "secret"
    path.write_text(text + "\n")
    return str(path)


def set_up(terminal: Terminal, folder: Path) -> int:
    """Connect both vendors and switch emails on, all by the command; one person, not loaded yet."""
    client = ("--client-id", APP["client_id"])
    secret = secret_file(folder, APP["client_secret"])
    assert "connected" in terminal.done("connect", "marketo", *client, "--client-secret-file", secret)
    (token,) = terminal.world.salesforce.act("issue_refresh_token", {"user": SELLER})
    files = ("--refresh-token-file", "-", "--client-secret-file", secret)
    assert "connected" in terminal.done("connect", "salesforce", SELLER, *client, *files, answer=token)
    assert re.search(r"log_emails +yes", terminal.done("settings", "set", "log_emails=true", "log_calls=on"))
    contact = terminal.world.salesforce.seed([{"type": "Contact", "LastName": "Lovell"}])[0]
    fields = {"email": "ada@example.net", "firstName": "Ada", "sfdcContactId": contact}
    return int(terminal.world.marketo.seed([{"type": "lead", **OWNED, **fields}])[0])


def test_the_whole_story_by_command(terminal: Terminal, tmp_path: Path) -> None:
    """Connect, start, look, ask why: a person reads the books, the person and the activity in plain lines."""
    person = set_up(terminal, tmp_path)
    preview = terminal.done("start-load", "--yes")
    assert "sfdcContactId" in preview
    terminal.world.run_until_quiet()
    terminal.world.report(event("evt_1", "email.sent", person=person, subject="Hello"))
    (task,) = terminal.world.tasks()
    status = terminal.done("status")
    assert "books balance: yes" in status
    assert "people_from_marketo       Up to date   1       1" in status
    assert "1 people read, 1 qualified" in status
    assert f"Logged to Salesforce as {task['Id']}" in terminal.done("why", "evt_1")
    for asked in (str(person), "ada@example.net", task["WhoId"]):
        shown = terminal.done("person", asked)
        assert "ada@example.net" in shown
        assert "evt_1" in shown
    assert SELLER in terminal.done("users", "list")
    assert "marketo.test" in terminal.done("connections")
    assert terminal.done("refresh-fields", SELLER).startswith(f"{SELLER}: connected")
    assert "disconnected" in terminal.done("disconnect", "salesforce", SELLER)
    assert "disconnected" in terminal.done("disconnect", "marketo")


@pytest.mark.acceptance(2)
def test_a_load_starts_only_after_a_second_confirmation(terminal: Terminal, tmp_path: Path) -> None:
    """The command shows the fields and asks; without a yes nothing is read or stored."""
    set_up(terminal, tmp_path)
    calls = len(terminal.world.marketo.calls)
    assert "Nothing was started" in terminal.refused("start-load", answer="n\n")
    terminal.world.run_until_quiet()
    assert len(terminal.world.marketo.calls) == calls
    assert terminal.world.table.rows("PERSON#") == []
    terminal.done("start-load", answer="y\n")
    terminal.world.run_until_quiet()
    assert len(terminal.world.table.rows("PERSON#")) > 0


def test_answers_as_json(terminal: Terminal) -> None:
    """With --json the interface's own answer is printed, and nothing else."""
    assert json.loads(terminal.done("--json", "status"))["balanced"] is True
    assert json.loads(terminal.done("--json", "settings", "get"))["version"] == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["why", "nothing"], "Nothing is known of nothing"),
        (["person", "77"], "knows nobody with the Marketo id 77"),
        (["person", "a@example.net"], "Nobody in the Workspace has a@example.net"),
        (["start-load", "--yes"], "lockstep connect marketo"),
        (["settings", "set", "log_email=true"], "There is no log_email"),
        (["settings", "set", "log_emails"], "not NAME=VALUE"),
        (["users", "add", "nobody"], "email"),
        (["refresh-fields", SELLER], "is not connected"),
        (["disconnect", "salesforce", SELLER], "was never connected"),
        (["connect", "marketo", "--client-id", "x"], "client secret is missing"),
        (["connect", "marketo", "--client-id", "x", "--client-secret-file", "no-such-file"], "cannot be read"),
    ],
)
def test_each_failure_is_one_sentence(terminal: Terminal, words: list[str], sentence: str) -> None:
    """What cannot be done ends with exit code 1 and one sentence that says what to do."""
    assert sentence in terminal.refused(*words)


def test_wrong_marketo_credentials(terminal: Terminal, tmp_path: Path) -> None:
    """A wrong client secret is told with where to find the right one, and is not printed."""
    words = ("connect", "marketo", "--client-id", APP["client_id"])
    said = terminal.refused(*words, "--client-secret-file", secret_file(tmp_path, "canary-secret"))
    assert "LaunchPoint" in said
    assert "canary-secret" not in said


def test_a_worn_token_and_a_wrong_role(terminal: Terminal) -> None:
    """A token that is not accepted and a role that may not are told apart."""
    assert "token is not accepted" in terminal.refused("status", token="worn")
    assert "Only an admin" in terminal.refused("status", token="seller-token")


def test_wrong_words_are_exit_code_two(terminal: Terminal) -> None:
    """A command that does not exist, or lacks a part, ends with exit code 2."""
    assert terminal.type("fly").exit_code == 2
    assert terminal.type("why").exit_code == 2


class Broken(httpx.BaseTransport):
    """A network that does not work."""

    def __init__(self, answer: httpx.Response | type[httpx.TransportError]):
        self.answer = answer

    def handle_request(self, _request: httpx.Request) -> httpx.Response:
        """Fail."""
        if isinstance(self.answer, httpx.Response):
            return self.answer
        raise self.answer("canary")


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (httpx.ConnectError, "Nothing answers at https://api.test"),
        (httpx.ReadTimeout, "did not answer"),
        (httpx.RemoteProtocolError, "broke"),
        (httpx.Response(502, text="<html>"), "HTTP 502"),
        (httpx.Response(503, json={"message": "Service Unavailable"}), "busy"),
        (httpx.Response(404, json={"message": "Not Found"}), "no Lockstep interface"),
        (httpx.Response(200, text="<html>"), "not JSON"),
    ],
)
def test_an_interface_that_does_not_answer(terminal: Terminal, trouble: Any, sentence: str) -> None:
    """Whatever breaks on the way is told in one sentence, without a trace."""
    terminal.wire = Broken(trouble)
    said = terminal.refused("status")
    assert sentence in said
    assert "canary" not in said


def test_remote_text_stays_text(terminal: Terminal, tmp_path: Path) -> None:
    """Markup, terminal escapes and bidirectional controls in a person's name are shown harmlessly."""
    set_up(terminal, tmp_path)
    name = "[bold red]Eve[/]\x1b[2J\u202egnp"
    person = terminal.world.marketo.seed([{"type": "lead", **OWNED, "firstName": name}])[0]
    terminal.done("start-load", "--yes")
    terminal.world.run_until_quiet()
    shown = terminal.done("person", str(person))
    assert "[bold red]Eve[/]" in shown
    assert not {"\x1b", "\u202e"} & set(shown)


def test_address_and_token_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options come before the environment, the environment before the local cloud; what lacks is told."""
    monkeypatch.setattr(address, "LOCAL_CLOUD", tmp_path / "state.json")
    given = {"LOCKSTEP_URL": "https://env.test/", "LOCKSTEP_TOKEN": "t"}
    assert address.find(None, None, given) == address.Address("https://env.test", "t")
    assert address.find("https://option.test", "o", given) == address.Address("https://option.test", "o")
    for url, sentence in ((None, "make demo"), ("https://option.test", "LOCKSTEP_TOKEN")):
        with pytest.raises(CliProblem, match=sentence):
            address.find(url, None, {})
    (tmp_path / "state.json").write_text(json.dumps({"urls": {"api": "http://127.0.0.1:9/api", "issuer": "http://x"}}))
    assert address.find(None, "t", {}) == address.Address("http://127.0.0.1:9/api", "t")


def test_settings_by_command(terminal: Terminal, tmp_path: Path) -> None:
    """Lists are typed with commas; a preview changes nothing; a seller chooses; an older version comes back."""
    person = set_up(terminal, tmp_path)
    terminal.done("start-load", "--yes")
    terminal.world.run_until_quiet()
    terminal.done("settings", "set", "log_calls=off", "call_outcomes=Answered,Voicemail", "log_to=contact")
    terminal.world.report(event("evt_1", "call.logged", person=person))
    told = terminal.done("settings", "preview", "log_calls=true")
    assert "1 waiting calls would become loggable" in told
    assert "log_calls: off -> on" in told
    assert terminal.world.ask("GET", "/settings").body["version"] == 2
    shown = terminal.done("settings", "get")
    assert re.search(r"call_outcomes +Answered, Voicemail", shown)
    assert "log_to: contact, lead -> contact" in terminal.done("settings", "history")
    assert re.search(r"log_to +contact, lead", terminal.done("settings", "revert", "1"))
    terminal.token = "seller-token"
    assert re.search(r"log_calls +off +off", terminal.done("my-settings", "log_calls=off"))
    assert re.search(r"log_calls +- +on", terminal.done("my-settings", "log_calls=default"))
    assert "nothing has to be on the mail" in terminal.done("sending")
    assert "ask an admin" in terminal.refused("sending", ADMIN, token="seller-token")


def test_fields_by_command(terminal: Terminal, tmp_path: Path) -> None:
    """The field check names a field that is not there, and who can mend it."""
    set_up(terminal, tmp_path)
    terminal.world.salesforce.act("remove_field", {"object": "Task", "name": "MSE_Viewed__c"})
    told = terminal.done("fields", "check", SELLER)
    assert "MSE_Viewed__c: missing" in told
    assert "Salesforce admin" in told
    assert "MSE_Viewed__c: missing" in terminal.done("fields", "check", "--stored")


def test_a_backfill_by_command(terminal: Terminal, tmp_path: Path) -> None:
    """Tasks without a field are counted, asked about, and filled in; an empty field is explained before."""
    person = set_up(terminal, tmp_path)
    terminal.done("start-load", "--yes")
    terminal.world.run_until_quiet()
    terminal.world.salesforce.act("remove_field", {"object": "Task", "name": "MSE_Template__c"})
    terminal.done("refresh-fields", SELLER)
    terminal.world.report(event("evt_1", "email.sent", person=person, template={"name": "Spring"}))
    assert "Create it as Text(255)" in terminal.done("why", "evt_1", "--field", "mse_template__c")
    assert "0 Tasks would get fields" in terminal.done("fields", "backfill")
    terminal.world.salesforce.schema([{"object": "Task", "name": "MSE_Template__c", "type": "string", "length": 255}])
    assert "Nothing was filled in" in terminal.refused("fields", "backfill", answer="n\n")
    assert "1 Tasks are on their work lists" in terminal.done("fields", "backfill", "--days", "30", "--yes")
    terminal.world.run_until_quiet()
    assert terminal.world.tasks()[0]["MSE_Template__c"] == "Spring"
    assert "not empty: Spring" in terminal.done("why", "evt_1", "--field", "MSE_Template__c")
