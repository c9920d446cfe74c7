"""What people do with records: edit, delete, bring back, merge, convert, hand over, unsubscribe."""

from collections.abc import Mapping
from typing import Any

from local.simulators.salesforce import ids, instants
from local.simulators.salesforce.org import Org

Arguments = Mapping[str, Any]
ADMIN = "admin@example.com"
MAX_MERGED = 3


def _by(org: Org, arguments: Arguments) -> str:
    return org.user(str(arguments.get("by", ADMIN)))


def update(org: Org, arguments: Arguments) -> list[str]:
    """`update {id, fields, by?}`: an edit, without anybody's permission."""
    row = org.any_record(arguments)
    kind = org.schema.objects[ids.object_of(row["Id"]) or ""]
    values = {}
    for name, value in arguments["fields"].items():
        field = kind.lower.get(name.lower())
        if field is None:
            raise ValueError(f"{kind.name} has no field {name}")
        is_moment = field.type == "datetime" and isinstance(value, str)
        values[field.name] = instants.read(value) if is_moment else value
    org.world.update(row["Id"], values, _by(org, arguments))
    return [row["Id"]]


def delete(org: Org, arguments: Arguments) -> list[str]:
    """`delete {id, by?}`: into the recycle bin, with everything that hangs on it."""
    return org.world.delete(org.any_record(arguments)["Id"], _by(org, arguments))


def undelete(org: Org, arguments: Arguments) -> list[str]:
    """`undelete {id}`: out of the recycle bin, with what went in together with it."""
    row = org.any_record(arguments)
    gone_at = row["SystemModstamp"]
    with_it = org.world.children(row["Id"], cascading=True, deleted_at=gone_at)
    back = [row["Id"], *with_it] if row.get("IsDeleted") else []
    for record_id in back:
        org.world.update(record_id, {"IsDeleted": False}, _by(org, arguments))
    return back


def archive(org: Org, arguments: Arguments) -> list[str]:
    """`archive {id}`: an old closed task is put away; only queryAll still shows it."""
    row = org.any_record(arguments)
    org.world.touch(row["Id"], {"IsArchived": True})
    return [row["Id"]]


def merge(org: Org, arguments: Arguments) -> list[str]:
    """`merge {winner, losers, fields?}`: losers are deleted and name their winner; what hung on them moves."""
    winner = org.any_record({"id": arguments["winner"]})["Id"]
    losers = [org.any_record({"id": one})["Id"] for one in arguments["losers"]]
    if not 1 <= len(losers) < MAX_MERGED:
        raise ValueError("a merge has one winner and one or two losers")
    if any(one[:3] != winner[:3] or one == winner for one in losers):
        raise ValueError("only other records of the same object can be merged")
    user_id = _by(org, arguments)
    for loser in losers:
        _move(org, loser, winner)
        org.world.update(loser, {"IsDeleted": True, "MasterRecordId": winner}, user_id)
    org.world.update(winner, dict(arguments.get("fields", {})), user_id)
    return [winner, *losers]


def _move(org: Org, source: str, target: str) -> list[str]:
    """Point everything that points to one record to another."""
    moved = org.world.children(source, cascading=False)
    kind = org.schema.objects[ids.object_of(source) or ""]
    names = {child.field for child in kind.children}
    for child_id in moved:
        row = org.world.find(child_id) or {}
        org.world.touch(child_id, {name: target for name in names if row.get(name) == source})
    return moved


def convert(org: Org, arguments: Arguments) -> list[str]:
    """`convert {lead, contact?, account?}`: the lead turns read-only, its tasks move to the contact."""
    lead = org.any_record({"id": arguments["lead"]})
    user_id = _by(org, arguments)
    owner = lead["OwnerId"] if lead["OwnerId"].startswith("005") else user_id
    account = arguments.get("account") or _account(org, lead, owner)
    contact = arguments.get("contact") or _contact(org, lead, {"OwnerId": owner, "AccountId": account}, user_id)
    contact = org.any_record({"id": contact})["Id"]
    moved = _move(org, lead["Id"], contact)
    marks = {"IsConverted": True, "ConvertedDate": org.world.now()[:10], "ConvertedContactId": contact}
    converted = {**marks, "ConvertedAccountId": account, "Status": "Closed - Converted"}
    org.world.update(lead["Id"], converted, user_id)
    return [lead["Id"], contact, str(account), *moved]


def _account(org: Org, lead: Mapping[str, Any], owner: str) -> str:
    return str(org.world.insert("Account", {"Name": lead.get("Company"), "OwnerId": owner}, owner)["Id"])


def _contact(org: Org, lead: Mapping[str, Any], links: Mapping[str, Any], user_id: str) -> str:
    taken = ("FirstName", "LastName", "Email", "Phone", "Title", "LeadSource", "HasOptedOutOfEmail", "DoNotCall")
    values = {name: lead.get(name) for name in taken}
    return str(org.world.insert("Contact", {**values, **links}, user_id)["Id"])


def change_owner(org: Org, arguments: Arguments) -> list[str]:
    """`change_owner {id, owner}`: to a user, a queue, or (null) to the queue that holds what nobody owns."""
    row = org.any_record(arguments)
    named = arguments.get("owner")
    if named is None:
        owner = next(iter(org.world.tables["Group"].rows))
    elif str(named).startswith("00G"):
        owner = org.any_record({"id": named})["Id"]
    else:
        owner = org.user(str(named))
    org.world.update(row["Id"], {"OwnerId": owner}, _by(org, arguments))
    return [row["Id"]]


def unsubscribe(org: Org, arguments: Arguments) -> list[str]:
    """`unsubscribe {id}`: the e-mail opt-out of a lead or contact goes on."""
    row = org.any_record(arguments)
    org.world.update(row["Id"], {"HasOptedOutOfEmail": True}, _by(org, arguments))
    return [row["Id"]]
