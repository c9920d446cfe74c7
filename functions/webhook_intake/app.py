"""Lambda entry: a signed request in, an answer for each of its events out."""

from lockstep.runtime import entry
from webhook_intake import intake

handler = entry.http(intake.receive)
