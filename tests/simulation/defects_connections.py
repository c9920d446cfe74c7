"""Planted defects of connections and of the brake; see `defects.py`."""

from dataclasses import replace
from datetime import datetime

from activities_to_salesforce import telling, writing
from lockstep.domain.connection import ConnectionState
from lockstep.domain.reason import Reason
from lockstep.store.connections import Connections, SharedToken
from rollups_to_salesforce import telling as newest
from tests.simulation.defects import Patch, sees


@sees("M35", "two_workers_and_a_token_that_rotates", unmet="no random story has refresh tokens that rotate")
def the_rotated_token_is_dropped(patch: Patch) -> None:
    """A refresh token that comes with a login is not stored."""
    honest = SharedToken._keeping
    patch.setattr(
        SharedToken, "_keeping", lambda self, secret, token: honest(self, secret, replace(token, refresh_token=None))
    )


@sees("M36", "the_api_is_taken_away_and_given_back", unmet="healing connects every seller anew")
def a_blocked_connection_is_deleted(patch: Patch) -> None:
    """Whoever is refused is disconnected."""
    honest = Connections.set_state

    def set_state(
        self: Connections,
        name: str,
        state: ConnectionState,
        reason: Reason | None = None,
        detail: str = "",
        seen: datetime | None = None,
    ) -> bool:
        moved = honest(self, name, state, reason, detail, seen)
        if state is ConnectionState.BLOCKED:
            self.forget(name)
        return moved

    patch.setattr(Connections, "set_state", set_state)


@sees("M37", "a_rule_halts_the_flow", unmet="no random story is long enough for the limit")
def the_brake_is_never_asked(patch: Patch) -> None:
    """Refusals are filed however many there were."""
    for module in (writing, telling, newest):
        patch.setattr(module, "braked", lambda _desk, moves, *, accepted: moves)
