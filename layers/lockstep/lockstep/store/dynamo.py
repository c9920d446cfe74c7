"""The table port on DynamoDB.

Promises strongly consistent reads, transactions of at most 100 actions, and that throttling and
conflicts come out as Unavailable, never as "not found" (F097).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from lockstep.domain.reason import Reason
from lockstep.engine.errors import Unavailable
from lockstep.store.table import (
    Action,
    AtMost,
    Change,
    Check,
    Condition,
    Delete,
    Equals,
    Exists,
    Key,
    Missing,
    Put,
    Refused,
    Row,
    check_sizes,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_TRIES = 4  # a conflict is over when the other transaction is; more is left to the queue
_CONFLICT = "TransactionConflict"
_CONFLICTS = {_CONFLICT, "TransactionConflictException"}  # of a transaction, and of a plain write
_REFUSED = "ConditionalCheckFailed"
_VERBS = {Put: "Put", Delete: "Delete", Change: "Update", Check: "ConditionCheck"}

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _row(attributes: Mapping[str, Any]) -> Row:
    return {name: _plain(_deserialize(value)) for name, value in attributes.items()}


def _attributes(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _serialize(value) for name, value in row.items() if value is not None}


def _key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


class _Expression:
    """Names and values of one request, numbered so that no attribute name can clash."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def name(self, attribute: str) -> str:
        return self.names.setdefault(attribute, f"#n{len(self.names)}")

    def value(self, value: Any) -> str:
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = _serialize(value)
        return placeholder

    def condition(self, clause: Condition) -> str:
        match clause:
            case Missing(attribute):
                return f"attribute_not_exists({self.name(attribute)})"
            case Exists():
                return f"attribute_exists({self.name('pk')})"
            case Equals(attribute, value):
                return f"{self.name(attribute)} = {self.value(value)}"
            case AtMost(attribute, value):
                name = self.name(attribute)
                return f"(attribute_not_exists({name}) OR {name} <= {self.value(value)})"

    def update(self, change: Change) -> str:
        sets = [f"{self.name(n)} = {self.value(v)}" for n, v in change.set.items() if v is not None]
        sets += [
            f"{self.name(n)} = list_append(if_not_exists({self.name(n)}, {self.value([])}), {self.value(more)})"
            for n, more in change.append.items()
        ]
        gone = [*change.remove, *(n for n, v in change.set.items() if v is None)]
        parts = {
            "SET": sets,
            "ADD": [f"{self.name(n)} {self.value(v)}" for n, v in change.add.items()],
            "REMOVE": [self.name(n) for n in gone],
        }
        return " ".join(f"{verb} {', '.join(terms)}" for verb, terms in parts.items() if terms)


def _request(table: str, action: Action) -> tuple[str, dict[str, Any]]:
    expression = _Expression()
    request: dict[str, Any] = {"TableName": table}
    if isinstance(action, Put):
        request["Item"] = _key(action.key) | _attributes(action.row)
    else:
        request["Key"] = _key(action.key)
    if isinstance(action, Change) and (update := expression.update(action)):
        request["UpdateExpression"] = update
    if action.when:
        request["ConditionExpression"] = " AND ".join(map(expression.condition, action.when))
    if expression.names:
        request["ExpressionAttributeNames"] = {v: k for k, v in expression.names.items()}
    if expression.values:
        request["ExpressionAttributeValues"] = expression.values
    return _VERBS[type(action)], request


@contextmanager
def _asked() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ValidationException":
            raise ValueError(f"DynamoDB refused a request as malformed: {error}") from error
        if code in {"ResourceNotFoundException", "AccessDeniedException"}:
            raise  # a broken deployment: no waiting mends it
        raise Unavailable(Reason.VENDOR_BUSY, f"DynamoDB answered {code}", code=code) from error
    except ParamValidationError:
        raise  # a bug
    except BotoCoreError as error:
        name = type(error).__name__
        raise Unavailable(Reason.VENDOR_BUSY, f"DynamoDB was not reached: {name}") from error


def _range(prefix: str, after: str | None, through: str | None) -> tuple[str, dict[str, Any]]:
    """The key condition on sk, and its values."""
    if prefix:
        return " AND begins_with(sk, :prefix)", {":prefix": {"S": prefix}}
    values = {":after": after, ":through": through}
    given = {name: {"S": value} for name, value in values.items() if value is not None}
    match given:
        case {":after": _, ":through": _}:
            # BETWEEN includes its lower end: the caller drops that row from the answer
            return " AND sk BETWEEN :after AND :through", given
        case {":after": _}:
            return " AND sk > :after", given
        case {":through": _}:
            return " AND sk <= :through", given
    return "", given


class DynamoTable:
    """One DynamoDB table."""

    def __init__(self, client: "DynamoDBClient", name: str):
        self._client = client
        self._name = name

    def get(self, key: Key) -> Row | None:
        """The row as it is now, or None."""
        with _asked():
            answer = self._client.get_item(TableName=self._name, Key=_key(key), ConsistentRead=True)
        return _row(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """The rows that exist; what DynamoDB leaves unprocessed is asked for again."""
        found: dict[Key, Row] = {}
        unique = list(dict.fromkeys(keys))
        for start in range(0, len(unique), 100):
            wanted = [_key(key) for key in unique[start : start + 100]]
            for _ in range(_TRIES):
                wanted = self._some(wanted, found)
                if not wanted:
                    break
            else:
                raise Unavailable(Reason.VENDOR_BUSY, "DynamoDB left keys unprocessed")
        return found

    def _some(self, wanted: list[dict[str, Any]], found: dict[Key, Row]) -> list[dict[str, Any]]:
        with _asked():
            answer = self._client.batch_get_item(RequestItems={self._name: {"Keys": wanted, "ConsistentRead": True}})
        for attributes in answer["Responses"].get(self._name, []):
            row = _row(attributes)
            found[Key(row["pk"], row["sk"])] = row
        left: Any = answer.get("UnprocessedKeys", {}).get(self._name, {})
        return list(left.get("Keys", []))

    def query(
        self,
        pk: str,
        *,
        prefix: str = "",
        after: str | None = None,
        through: str | None = None,
        limit: int = 1000,
        newest_first: bool = False,
    ) -> list[Row]:
        """Rows of one partition in order; see the port."""
        if after is not None and through is not None and through <= after:
            return []
        condition, values = _range(prefix, after, through)
        ask = partial(
            self._client.query,
            TableName=self._name,
            KeyConditionExpression=f"pk = :pk{condition}",
            ExpressionAttributeValues={":pk": {"S": pk}} | values,
            ConsistentRead=True,
            ScanIndexForward=not newest_first,
        )
        rows: list[Row] = []
        start: dict[str, Any] = {}
        while True:
            with _asked():
                answer = ask(Limit=limit - len(rows) + (":after" in values), **start)
            rows += [row for row in map(_row, answer["Items"]) if row["sk"] != after]
            if len(rows) >= limit or "LastEvaluatedKey" not in answer:
                return rows[:limit]
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def transact(self, actions: Sequence[Action]) -> None:
        """All actions or none; one action alone goes as a plain write at half the price."""
        check_sizes(actions)
        if not actions:
            return None
        for _ in range(_TRIES):
            try:
                with _asked():
                    return self._write(actions)
            except Unavailable as error:
                if error.code not in _CONFLICTS:
                    raise
        raise Unavailable(Reason.VENDOR_BUSY, "DynamoDB transactions kept conflicting")

    def _write(self, actions: Sequence[Action]) -> None:
        requests = [_request(self._name, action) for action in actions]
        try:
            if len(requests) == 1 and requests[0][0] != "ConditionCheck":
                verb, request = requests[0]
                getattr(self._client, f"{verb.lower()}_item")(**request)
            else:
                self._client.transact_write_items(
                    TransactItems=[{verb: request} for verb, request in requests]  # type: ignore[misc]
                )
        except self._client.exceptions.ConditionalCheckFailedException:
            raise Refused([0]) from None
        except self._client.exceptions.TransactionCanceledException as error:
            raise _cancelled(error) from None

    def snapshot(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """Up to 100 rows as they were at one instant."""
        gets = [{"Get": {"TableName": self._name, "Key": _key(key)}} for key in keys]
        for _ in range(_TRIES):
            try:
                with _asked():
                    answer = self._client.transact_get_items(TransactItems=gets)  # type: ignore[arg-type]
                break
            except Unavailable as error:
                if error.code != "TransactionCanceledException":
                    raise
        else:
            raise Unavailable(Reason.VENDOR_BUSY, "DynamoDB snapshots kept conflicting")
        rows = [_row(part["Item"]) for part in answer["Responses"] if part.get("Item")]
        return {Key(row["pk"], row["sk"]): row for row in rows}


def _cancelled(error: Any) -> Exception:
    reasons = [r.get("Code", "None") for r in error.response.get("CancellationReasons", [])]
    failed = [i for i, code in enumerate(reasons) if code == _REFUSED]
    if failed:
        return Refused(failed)
    code = next((code for code in reasons if code != "None"), _CONFLICT)
    if code == "ValidationError":
        return ValueError(f"DynamoDB refused a transaction as malformed: {reasons}")
    return Unavailable(Reason.VENDOR_BUSY, f"DynamoDB cancelled a transaction: {code}", code=code)
