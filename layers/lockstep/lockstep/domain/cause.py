"""What a parked item waits for: the key of the list on which it stands, and from which exactly it is woken.

Promises one spelling of each cause, for those who park, those who wake and those who list.
"""


def by_hand(user: str) -> str:
    """A person's word: everything of one seller that somebody can mend and send again."""
    return f"hand:{user}"


def connected(user: str) -> str:
    """The seller's connection to Salesforce."""
    return f"connection:{user}"


def known(user: str) -> str:
    """The seller being a user of the Workspace at all."""
    return f"user:{user}"


def person(marketo_id: int) -> str:
    """A person who is not here yet, or has no record in Salesforce yet."""
    return f"person:{marketo_id}"


def fields(user: str) -> str:
    """Fields that are missing, or rights that the seller lacks."""
    return f"fields:{user}"


def withheld(user: str) -> str:
    """Logged, but without fields that the seller could not write then: what a back-fill completes."""
    return f"withheld:{user}"


def mail(user: str, mail_id: str, marketo_id: int) -> str:
    """The Task of an email of this seller to this person."""
    return f"mail:{user}#{mail_id}#{marketo_id}"
