"""The wiring that only a deployment has: schedules fire, poison is kept aside, roles hold, tokens count."""

import json
import subprocess
import sys

import httpx
import pytest

from local.cloud import built
from local.cloud.clients import webhook_secret
from local.cloud.paths import ROOT
from tests.deployed.conftest import POISON, QUEUED, SCHEDULED, Deployed, eventually


def token(deployed: Deployed, **wish: object) -> dict[str, str]:
    """The header of a signed-in person."""
    answer = httpx.post(f"{deployed.state.urls['issuer']}/token", json={"email": "admin@example.com", **wish})
    return {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}


def test_built_handlers_run_alone(deployed: Deployed) -> None:
    """Each handler imports and runs from its built folder with the built layers and nothing else."""
    assert deployed.state.stack
    assert built.check() == {}


@pytest.mark.parametrize("folder", SCHEDULED)
def test_each_schedule_fires(deployed: Deployed, folder: str) -> None:
    """Each schedule starts its function by itself, with the target and the role that the template gave it."""
    assert deployed.client("scheduler").get_schedule(Name=deployed.function(folder))["State"] == "ENABLED"
    eventually(lambda: deployed.fired(folder) and deployed.invocations(folder), within_s=100)


@pytest.mark.parametrize("folder", QUEUED)
def test_poison_ends_in_the_dead_letter_queue(deployed: Deployed, folder: str) -> None:
    """A message that no handler can read is tried three times and then kept aside, with its content unchanged."""
    name = f"{folder.replace('_', '-')}-dead-letters"
    eventually(lambda: deployed.waiting(name), within_s=180, every_s=2)
    letters = deployed.client("sqs").receive_message(QueueUrl=deployed.queue(name))["Messages"]
    assert {letter["Body"] for letter in letters} == {POISON}


def test_the_api_wants_a_token(deployed: Deployed) -> None:
    """Without a token, with a stranger's, an expired one or one for another audience, the API answers 401."""
    url = f"{deployed.state.urls['api']}/status"
    assert httpx.get(url).status_code == 401
    assert httpx.get(url, headers={"Authorization": "Bearer a.b.c"}).status_code == 401
    assert httpx.get(url, headers=token(deployed, lifetime_s=-5)).status_code == 401
    assert httpx.get(url, headers=token(deployed, audience="another")).status_code == 401
    assert httpx.get(url, headers=token(deployed, role="admin"), timeout=30).status_code == 200


def test_the_webhook_secret_is_usable(deployed: Deployed) -> None:
    """The signing secret is 32 letters and digits, so that senders' libraries can decode it."""
    secret = webhook_secret(deployed.state).removeprefix("whsec_")
    assert len(secret) == 32
    assert secret.isalnum()


def test_a_role_holds_what_it_says(deployed: Deployed) -> None:
    """The relay's own credentials may not write to the table: roles are enforced."""
    role = deployed.client("iam").get_role(RoleName=_role(deployed, "OutboxRelayRole"))["Role"]["Arn"]
    taken = deployed.client("sts").assume_role(RoleArn=role, RoleSessionName="probe")["Credentials"]
    table = deployed.as_role(taken, "dynamodb")
    with pytest.raises(table.exceptions.ClientError, match="not authorized"):
        table.put_item(TableName=deployed.state.outputs["TableName"], Item={"pk": {"S": "X"}, "sk": {"S": "X"}})


def test_status_tells_where_all_runs(deployed: Deployed) -> None:
    """`python -m local.cloud status` prints addresses, stack and workers as one JSON line, loopback only."""
    command = [sys.executable, "-m", "local.cloud", "status"]
    said = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert said["stack"] == deployed.state.stack
    assert isinstance(said["workers"], dict)
    for name in ("aws", "marketo", "salesforce", "api"):
        assert said[name].startswith("http://127.0.0.1:")


def test_a_second_up_is_refused(deployed: Deployed) -> None:
    """`up` beside a running one is refused with a sentence that says what to do, and harms nothing."""
    command = [sys.executable, "-m", "local.cloud", "up"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "already up; stop it with `python -m local.cloud down`" in done.stderr
    assert httpx.get(f"{deployed.state.urls['aws']}/_ministack/health").status_code == 200


def _role(deployed: Deployed, logical: str) -> str:
    detail = deployed.client("cloudformation").describe_stack_resource(
        StackName=deployed.state.stack, LogicalResourceId=logical
    )
    return str(detail["StackResourceDetail"]["PhysicalResourceId"])
