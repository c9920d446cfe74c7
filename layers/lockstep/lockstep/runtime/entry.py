"""Lambda entry points: parse, set a deadline, hand over, answer for each message.

Promises that every message of a batch has an outcome: done, put off by a delayed nudge, or
returned for redelivery, which is told in the log; and that only bugs and malformed messages
reach the dead-letter queue.
"""

import json
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

from lockstep.domain.message import Nudge
from lockstep.engine.deadline import Deadline
from lockstep.engine.errors import Defer, Halt, LostFence
from lockstep.runtime.observability import flush, logger
from lockstep.runtime.wiring import World, world

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

Event = dict[str, Any]
Handler = Callable[[Event, Any], Any]


def _deadline(here: World, context: Any) -> Deadline:
    # Half the time is kept back, so that a call begun in time ends before the worker is killed.
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    kept = timedelta(seconds=here.environment.worker_timeout / 2)
    return Deadline(here.clock, here.clock.now() + left - kept)


def put_off(here: World, nudge: Nudge, deferral: Defer) -> None:
    """Nudge again when the wait of a deferral is over; raises where the nudge is not taken."""
    wait = deferral.seconds
    if deferral.until:
        wait = max(1, int((deferral.until - here.clock.now()).total_seconds()) + 1)
    logger().info("put off", extra={"flow": nudge.flow, "reason": deferral.reason, "seconds": wait})
    here.nudge(nudge, delay_seconds=wait)


def queue(work: Callable[[Nudge, World, Deadline], None]) -> Handler:
    """A queue handler: `work` is called once for each distinct nudge of the batch."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    @wraps(work)
    def handler(event: Event, context: Any) -> Any:
        here = world()
        deadline = _deadline(here, context)
        done: set[Nudge] = set()

        def one(record: "SQSRecord") -> None:
            with _told(record.message_id):
                nudge = Nudge.of(json.loads(record.body))
                if nudge in done:
                    return
                _guarded(here, nudge, lambda: work(nudge, here, deadline))
                done.add(nudge)

        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        answer = process_partial_response(event, one, processor, context)
        flush()
        return answer

    return handler


@contextmanager
def _told(message_id: str) -> Iterator[None]:
    """What fails is in the log with its place, and without its words, which may repeat contents (S21)."""
    try:
        yield
    except Exception as error:
        calls = [f"{call.filename}:{call.lineno} {call.name}" for call in traceback.extract_tb(error.__traceback__)]
        told = {"message_id": message_id, "error": type(error).__name__, "at": calls[-10:]}
        logger().error("a message failed", extra=told)
        raise


def _guarded(here: World, nudge: Nudge, work: Callable[[], None]) -> None:
    try:
        work()
    except Defer as deferral:
        put_off(here, nudge, deferral)
    except LostFence as lost:
        logger().warning("another worker took over", extra={"detail": lost.detail})
    except Halt as halt:
        logger().error("halted", extra={"reason": halt.reason, "detail": halt.detail})


def schedule(work: Callable[[World, Deadline], None]) -> Handler:
    """A schedule handler; what must wait waits for the next time."""

    @wraps(work)
    def handler(_event: Event, context: Any) -> None:
        here = world()
        try:
            work(here, _deadline(here, context))
        except Defer as deferral:
            logger().info("put off to the next run", extra={"reason": deferral.reason})
        except (Halt, LostFence) as halt:
            logger().error("halted", extra={"reason": halt.reason, "detail": halt.detail})
        finally:
            flush()

    return handler


def by_source(*, queue: Handler, schedule: Handler) -> Handler:
    """One Lambda behind a queue and a schedule."""

    def handler(event: Event, context: Any) -> Any:
        return (queue if "Records" in event else schedule)(event, context)

    return handler


def http(work: Callable[[Event, World], Event]) -> Handler:
    """An HTTP handler: a request in, an answer out."""

    @wraps(work)
    def handler(event: Event, _context: Any) -> Event:
        try:
            return work(event, world())
        finally:
            flush()

    return handler


def stream(work: Callable[[list[dict[str, Any]], World], list[int]]) -> Handler:
    """A stream handler: gets new rows, returns the indexes of those that must come again."""

    @wraps(work)
    def handler(event: Event, _context: Any) -> Event:
        records = event["Records"]
        failed = work([_plain(record["dynamodb"]["Keys"]) for record in records], world())
        flush()
        numbers = [records[index]["dynamodb"]["SequenceNumber"] for index in failed]
        return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}

    return handler


def _plain(keys: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {name: value["S"] for name, value in keys.items()}
