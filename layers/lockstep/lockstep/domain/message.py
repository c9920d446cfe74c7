"""What travels on queues: a nudge that work waits, never the work itself.

Promises that lost and doubled nudges are harmless, and that a version stands in each (I34).
"""

from dataclasses import dataclass
from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True)
class Nudge:
    """Have a look at what waits for `connection` in `flow`."""

    flow: str
    connection: str

    def wire(self) -> dict[str, Any]:
        """The JSON object on the queue."""
        return {"v": VERSION, "flow": self.flow, "connection": self.connection}

    @classmethod
    def of(cls, body: Any) -> "Nudge":
        """Read a queue message; ValueError names what is wrong. Unknown members are ignored (I34)."""
        if not isinstance(body, dict) or not isinstance(body.get("v"), int):
            raise ValueError("a nudge is an object with a version 'v'")
        flow, connection = body.get("flow"), body.get("connection")
        if not isinstance(flow, str) or not isinstance(connection, str) or not flow:
            raise ValueError("a nudge names its 'flow' and its 'connection'")
        return cls(flow, connection)
