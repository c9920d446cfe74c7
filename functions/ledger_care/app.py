"""Lambda entry: each minute, look after every flow's ledger."""

from ledger_care import care
from lockstep.runtime import entry

handler = entry.schedule(care.tend)
