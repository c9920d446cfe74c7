"""Emails by the id that their senders gave them: which items they are, and what of their life Salesforce shows.

Promises that a row enters with the event that reports the email as sent, that what was told is written with the
items that it settles, and that whoever waits for an email that was not reported yet is remembered with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from lockstep.domain.cause import mail as waits_for
from lockstep.domain.ids import ItemKey, MarketoId, UserEmail, user_email
from lockstep.domain.item import Item
from lockstep.domain.mail import Life, Mail, campaign_id, mail_id
from lockstep.domain.sales_activity import EmailSent, SalesEvent
from lockstep.store import codec
from lockstep.store.codec import stamp
from lockstep.store.table import Action, Change, Equals, Key, Missing, Row, Table

Place = tuple[UserEmail, str, MarketoId]  # seller, mail id, person


def mail_row(place: Place) -> Key:
    """What is known of one email to one person."""
    return Key(f"MAIL#{place[0]}#{place[1]}", str(place[2]))


def _campaign_row(seller: str, campaign: str, person: int) -> Key:
    return Key(f"CAMPAIGN#{seller}#{campaign}", str(person))


def place(mail: Mail) -> Place:
    """Where a mail stands."""
    return mail.seller, mail.mail_id, mail.person_id


def place_of(event: SalesEvent) -> Place | None:
    """Where the mail stands that an event is, or happened to; None where it names none."""
    ident = mail_id(event)
    return (user_email(event.user), ident, MarketoId(event.person.marketo_id)) if ident else None


def cause(mail: Mail) -> str:
    """What waits for this mail waits under this cause."""
    return waits_for(mail.seller, mail.mail_id, mail.person_id)


def entering(event: SalesEvent, keys: Sequence[ItemKey]) -> list[Action]:
    """The rows of an email that is reported as sent: itself, and what its campaign's events will find it by.

    None for an email that nothing can name later.
    """
    where, campaign = place_of(event), campaign_id(event)
    if not isinstance(event, EmailSent) or where is None or not (event.data.email_id or campaign):
        return []
    seller, ident, person = where
    rows: list[Action] = [Change(mail_row(where), set={"event_id": event.id, "keys": list(keys)})]
    if campaign:
        rows.append(Change(_campaign_row(seller, campaign, person), set={"mail_id": ident}))
    return rows


def joining(where: Place, keys: Sequence[ItemKey]) -> Action:
    """The action that remembers further Tasks of a mail, which share its life."""
    return Change(mail_row(where), append={"keys": list(keys)})


class Mails:
    """Mail rows in one table."""

    def __init__(self, table: Table):
        self._table = table

    def of(self, places: Iterable[Place]) -> dict[Place, Mail]:
        """The mails at these places, as far as anything is known of them."""
        by_key = {mail_row(one): one for one in places}
        return {by_key[key]: _read(by_key[key], row) for key, row in self._table.get_many(list(by_key)).items()}

    def of_campaigns(self, wanted: Iterable[Place]) -> dict[Place, Place]:
        """For each seller, campaign id and person the place of the last email that belongs to them."""
        by_key = {_campaign_row(*one): one for one in wanted}
        found = self._table.get_many(list(by_key))
        return {by_key[key]: (by_key[key][0], row["mail_id"], by_key[key][2]) for key, row in found.items()}

    def places(self, items: Iterable[Item], events: Mapping[str, SalesEvent]) -> dict[ItemKey, Place]:
        """Where the mail of each item stands: by its own id, or by the campaign's last email to the person."""
        direct: dict[ItemKey, Place] = {}
        moved: dict[ItemKey, Place] = {}
        for item in items:
            event = events[item.event_id]
            if where := place_of(event):
                direct[item.key] = where
            elif campaign := campaign_id(event):
                moved[item.key] = (item.connection, campaign, item.person_id)
        found = self.of_campaigns(set(moved.values())) if moved else {}
        return direct | {key: found[where] for key, where in moved.items() if where in found}

    def awaiting(self, where: Place) -> Action:
        """The action that remembers that something waits for a mail, reported as sent or not yet."""
        return Change(mail_row(where), set={"awaited": True})

    def telling(self, mail: Mail, told: Life, at: datetime) -> Action:
        """The action that remembers what a Task shows now; refused where somebody told it something else meanwhile."""
        when = Equals("revision", mail.revision) if mail.revision else Missing("revision")
        values: Row = {"told": codec.row(told), "told_at": stamp(at), "revision": mail.revision + 1}
        return Change(mail_row(place(mail)), set=values, when=(when,))


def _read(where: Place, row: Row) -> Mail:
    seller, ident, person = where
    return codec.read(Mail, {**row, "seller": seller, "mail_id": ident, "person_id": person})
