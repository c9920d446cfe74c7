"""Dead letters of one stack, read and sent back with the caller's own AWS credentials.

Promises that looking leaves every letter where it is, that a letter is taken out only after its nudge was
taken by the flow's queue, and that what is no nudge stays. No function of the stack may read these queues.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.problem import CliProblem
from lockstep.catalogue.routes import FLOWS
from lockstep.domain.message import Nudge

RELAY = "outbox_relay"
QUEUES = (*FLOWS, RELAY)
KEPT = timedelta(days=14)
CARED_FOR = timedelta(minutes=5)  # ledger_care looks at every seller's work each minute
_BATCH = 10
_HIDDEN = 120  # seconds that a letter is kept from others while we look at it


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter; `nudge` is None where it cannot be sent back."""

    id: str
    receipt: str
    sent_at: datetime
    received: int
    nudge: Nudge | None
    what: str
    cause: str
    last_record_at: datetime | None = None


@dataclass(slots=True)
class Redriven:
    """What a redrive did."""

    sent: int = 0
    repeats: int = 0
    removed: int = 0
    stay: list[Letter] = field(default_factory=list)


class DeadLetters:
    """The dead-letter queues of one stack; `wait` sleeps, and `now` tells the time."""

    def __init__(self, sqs: Any, stack: str, wait: Callable[[float], None], now: Callable[[], datetime]):
        self._sqs = sqs
        self._stack = stack
        self._wait = wait
        self._now = now

    def count(self, queue: str) -> int:
        """How many letters there are, seen by somebody at the moment or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self._ask("get_queue_attributes", QueueUrl=self._url(queue), AttributeNames=names)
        return sum(int(number) for number in answer["Attributes"].values())

    def look(self, queue: str, limit: int) -> list[Letter]:
        """Up to `limit` letters, oldest first; they stay where they are."""
        found: dict[str, Letter] = {}
        try:
            for batch in self._received(queue):
                found |= {letter.id: letter for letter in batch}
                if len(found) >= limit:
                    break
        finally:
            self._show(queue, list(found.values()))
        return sorted(found.values(), key=lambda letter: letter.sent_at)[:limit]

    def redrive(self, queue: str, per_second: float) -> Redriven:
        """Send nudges back to their flow, each kind once, at most so many a second."""
        done, sent = Redriven(), set[Nudge]()
        known: set[str] = set()
        try:
            for batch in self._received(queue):
                fresh = [letter for letter in batch if letter.id not in known]
                if not fresh:  # only those that stay are left, and they have come into sight again
                    break
                known |= {letter.id for letter in fresh}
                before = len(sent)
                self._work(queue, fresh, sent, done)
                self._wait((len(sent) - before) / per_second)
        finally:
            self._show(queue, done.stay)
        done.sent = len(sent)
        return done

    def _work(self, queue: str, letters: list[Letter], sent: set[Nudge], done: Redriven) -> None:
        wanted = dict.fromkeys(letter.nudge for letter in letters if letter.nudge and letter.nudge not in sent)
        taken = self._send(queue, list(wanted))
        over = [
            letter for letter in letters if letter.nudge in sent or letter.nudge in taken or self._cared_for(letter)
        ]
        done.repeats += sum(letter.nudge is not None for letter in over) - len(taken)
        done.removed += sum(letter.nudge is None for letter in over)
        done.stay += [letter for letter in letters if letter not in over]
        sent |= taken
        self._delete(queue, over)

    def _cared_for(self, letter: Letter) -> bool:
        return letter.last_record_at is not None and self._now() - letter.last_record_at > CARED_FOR

    def _send(self, flow: str, nudges: list[Nudge]) -> set[Nudge]:
        if not nudges:
            return set()
        entries = [{"Id": str(n), "MessageBody": json.dumps(nudge.wire())} for n, nudge in enumerate(nudges)]
        answer = self._ask("send_message_batch", QueueUrl=self._url(flow, dead=False), Entries=entries)
        return {nudges[int(entry["Id"])] for entry in answer.get("Successful", [])}

    def _delete(self, queue: str, letters: list[Letter]) -> None:
        if letters:
            entries = [{"Id": str(n), "ReceiptHandle": letter.receipt} for n, letter in enumerate(letters)]
            self._ask("delete_message_batch", QueueUrl=self._url(queue), Entries=entries)

    def _show(self, queue: str, letters: list[Letter]) -> None:
        """Let others see these letters again at once."""
        for letter in letters:
            call = {"QueueUrl": self._url(queue), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
            self._ask("change_message_visibility", **call)

    def _received(self, queue: str) -> Iterator[list[Letter]]:
        empty = 0
        while empty < 2:  # SQS may say once that there is nothing although there is
            answer = self._ask(
                "receive_message",
                QueueUrl=self._url(queue),
                MaxNumberOfMessages=_BATCH,
                VisibilityTimeout=_HIDDEN,
                WaitTimeSeconds=1,
                AttributeNames=["All"],
            )
            messages = answer.get("Messages", [])
            empty = 0 if messages else empty + 1
            if messages:
                yield [_letter(message, queue, self._stack) for message in messages]

    def _url(self, queue: str, *, dead: bool = True) -> str:
        name = f"{self._stack}-{queue.replace('_', '-')}{'-dead-letters' if dead else ''}"
        return str(self._ask("get_queue_url", QueueName=name)["QueueUrl"])

    def _ask(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._sqs, operation)(**arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if "NonExistent" in code or "DoesNotExist" in code:
                name = arguments.get("QueueName", "of that name")
                raise CliProblem(f"There is no queue {name}; check --stack and --region.") from None
            raise CliProblem(f"SQS refused {operation}: {code}; your AWS credentials need that right.") from None
        except BotoCoreError as error:
            raise CliProblem(f"SQS was not reached: {error}") from None


def _letter(message: dict[str, Any], queue: str, stack: str) -> Letter:
    attributes = message["Attributes"]
    sent_at = datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC)
    received = int(attributes["ApproximateReceiveCount"])
    nudge, what, cause, last = _read(message["Body"], queue, stack)
    return Letter(message["MessageId"], message["ReceiptHandle"], sent_at, received, nudge, what, cause, last)


def _read(body: str, queue: str, stack: str) -> tuple[Nudge | None, str, str, datetime | None]:
    """What a letter is about, why it may lie here, and for the stream's when its last record came."""
    try:
        content = json.loads(body)
    except ValueError:
        return None, "not readable", "it is not JSON: nothing of Lockstep wrote it", None
    if queue == RELAY:
        return None, *_stream(content)
    try:
        nudge = Nudge.of(content)
    except ValueError as error:
        return None, "not readable", str(error), None
    if nudge.flow != queue:
        return None, nudge.flow, f"it is for another flow than {queue}", None
    log = f"/aws/lambda/{stack}-{queue.replace('_', '-')}"
    return nudge, nudge.connection, f"its worker failed or was killed each time; see 'a message failed' in {log}", None


def _stream(content: Any) -> tuple[str, str, datetime | None]:
    try:
        batch, context = content["DDBStreamBatchInfo"], content["requestContext"]
        what = f"{batch['batchSize']} rows from {batch['startSequenceNumber']} in {batch['shardId']}"
        last = datetime.fromisoformat(batch["approximateArrivalOfLastRecord"])
        return what, f"{context['condition']} after {context['approximateInvokeCount']} tries", last
    except (KeyError, TypeError, ValueError):
        return "not readable", "it is no record of the stream", None
