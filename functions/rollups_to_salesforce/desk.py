"""What the telling of one seller's news works with: the lane, the people, the records, and the seller's rights."""

from datetime import timedelta

from lockstep.catalogue import quota_shares
from lockstep.catalogue.metrics import Metric
from lockstep.catalogue.routes import ROLLUPS_TO_SALESFORCE
from lockstep.domain.ids import UserEmail
from lockstep.domain.reason import Reason
from lockstep.domain.rollup_fields import Fields, fields_of
from lockstep.engine.errors import Throttled
from lockstep.runtime.lane import QUOTA_WAIT, SALESFORCE, Lane
from lockstep.runtime.observability import logger
from lockstep.runtime.wiring import World

DESCRIBE_KEPT = timedelta(hours=24)  # ATR-02


class Desk(Lane):
    """The lane of one seller, with what the roll-ups need besides."""

    confirmed: Metric = "RollupsTold"

    def __init__(self, world: World, user: UserEmail):
        super().__init__(world, ROLLUPS_TO_SALESFORCE, user)
        self.rollups = world.rollups
        self._fields: dict[str, Fields] = {}

    def fields(self, kind: str, *, anew: bool = False) -> Fields:
        """What the seller may write of the named fields of an object, at most a day old (ATR-02, ATR-09)."""
        if kind in self._fields and not anew:
            return self._fields[kind]
        names = self.settings.values.rollup_fields
        connections = self.world.connections
        schema = None if anew else connections.object_schema(self.user, kind)
        if schema is None or self.clock.now() - schema.read_at > DESCRIBE_KEPT or not schema.covers(names.values()):
            schema = self.open().describe(kind).of(names.values())
            connections.save_object_schema(self.user, kind, schema)
            self._diagnose(fields_of(kind, schema, names))
        self._fields[kind] = fields_of(kind, schema, names)
        return self._fields[kind]

    def _diagnose(self, fields: Fields) -> None:
        """One word a day in the log where an object has no field to write to: its roll-ups are off."""
        if not fields.usable:
            extra = {"seller": self.user, "object": fields.kind, "fields": sorted(fields.withheld.values())}
            logger().warning("no most-recent-activity field can be written", extra=extra)

    def spare(self) -> None:
        """Throttled while the organization's day is nearly used up: roll-ups stop first (DGN-03)."""
        budgets, now = self.world.budgets, self.clock.now()
        until = budgets.parked(self.flow)
        if until is None and budgets.scarce(SALESFORCE, quota_shares.ROLLUPS):
            until = now + QUOTA_WAIT
            budgets.park(self.flow, until)
        if until:
            detail = "the Salesforce organization's calls of the day are nearly used up; Tasks come first"
            raise Throttled(Reason.QUOTA_SPENT, detail, scope="lane", until=until)
