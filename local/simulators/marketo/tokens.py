"""Paging tokens: opaque base32 text with padding that holds a place and refuses to be tampered with."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from typing import NamedTuple

from local.simulators.marketo.envelope import Refused

FEED = 0
FEED_AFTER_EMPTY = 1
LEADS = 2
_FORM = struct.Struct(">Bqq")


class Place(NamedTuple):
    """Where to read on: after this second and this activity, or from this offset of a look-up."""

    kind: int
    second: int
    number: int


def write_token(place: Place) -> str:
    """The token of a place."""
    body = _FORM.pack(*place)
    return base64.b32encode(body + _seal(body)).decode()


def read_token(token: str) -> Place:
    """The place of a token; one changed character is refused."""
    try:
        raw = base64.b32decode(token)
    except (binascii.Error, ValueError):
        raw = b""
    body, seal = raw[: _FORM.size], raw[_FORM.size :]
    if len(body) != _FORM.size or seal != _seal(body) or base64.b32encode(raw).decode() != token:
        raise Refused("1003", "Invalid nextPageToken")
    return Place(*_FORM.unpack(body))


def place_of(token: str, kind: int) -> Place:
    """The place of a token of this kind; a token of another one is refused."""
    place = read_token(token)
    if (place.kind == LEADS) != (kind == LEADS):
        raise Refused("1003", "Invalid nextPageToken")
    return place


def _seal(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=4, key=b"paging").digest()
