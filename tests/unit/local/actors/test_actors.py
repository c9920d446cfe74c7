"""The actors of demo and benchmarks: the same seed does the same, and what they report is what the webhook takes."""

from datetime import UTC, datetime, timedelta

from local.actors import marketers
from local.actors.cast import Cast
from local.actors.deliveries import deliveries
from local.actors.sellers import Shift, working_day
from lockstep.domain.sales_activity import EVENTS

BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SHIFT = Shift(("seller1@example.com", "seller2@example.com"), ("seller4@example.com",), BEGIN, 300)


def test_one_seed_is_one_day() -> None:
    """Cast, activities, deliveries and acts of a seed are the same each time; another seed gives others."""
    first, again = Cast.of(7, 500), Cast.of(7, 500)
    day = working_day(first, SHIFT, 7)
    assert (first, day) == (again, working_day(again, SHIFT, 7))
    assert deliveries(day, 7) == deliveries(day, 7)
    assert marketers.meanwhile(first, 7) == marketers.meanwhile(again, 7)
    assert day != working_day(first, SHIFT, 8)


def test_nobody_stands_in_two_groups() -> None:
    """What happens to a person is one thing, so that what should become of everybody is known."""
    ids = [one.marketo_id for group in Cast.of(7, 2000).groups for one in group]
    assert len(ids) == len(set(ids))


def test_sellers_report_what_the_webhook_takes() -> None:
    """Every activity is a valid event, with an id of its own, of the shift's hours and people; none is missing."""
    day = working_day(Cast.of(7, 500), SHIFT, 7)
    events = [EVENTS.validate_python(event) for event in day]
    assert len({event.id for event in events}) == len(events) == 300
    assert all(BEGIN <= event.instant <= BEGIN + timedelta(hours=3) for event in events)
    assert {event.user for event in events} == {*SHIFT.regulars, *SHIFT.rarely}


def test_mail_is_sent_before_it_is_answered() -> None:
    """Opens, clicks, replies and bounces name an email that was reported as sent before."""
    sent = set()
    for event in working_day(Cast.of(7, 500), SHIFT, 7):
        mail = event["data"].get("email_id")
        if event["type"] == "email.sent" and event["data"]["status"] == "sent":
            sent.add(mail)
        elif event["type"].startswith("email.") and event["type"] != "email.sent":
            assert mail in sent


def test_everything_is_delivered_and_something_twice() -> None:
    """Each event is in a first delivery once, batches fit the limit, and a repetition repeats the very same events."""
    day = working_day(Cast.of(7, 500), SHIFT, 7)
    sent = deliveries(day, 7)
    first = [event for delivery in sent if not delivery.repeated for event in delivery.events]
    repeated = [delivery.events for delivery in sent if delivery.repeated]
    assert first == day
    assert repeated
    assert all(1 <= len(delivery.events) <= 100 for delivery in sent)
    assert set(map(id, repeated)) <= {id(delivery.events) for delivery in sent if not delivery.repeated}


def test_a_small_world_has_a_story_too() -> None:
    """Twenty people are enough for a day."""
    cast = Cast.of(7, 20)
    assert len(working_day(cast, SHIFT, 7)) == 300
    assert marketers.meanwhile(cast, 7)
