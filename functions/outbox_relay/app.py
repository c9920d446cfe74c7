"""Lambda entry: new work-list rows from the stream in, nudges out, and back what could not be sent."""

from lockstep.runtime import entry
from outbox_relay import relay

handler = entry.stream(relay.forward)
