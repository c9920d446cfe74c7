"""Text that a destination can take: cleaned, and cut between characters as people see them.

Promises that a cut text fits the limit in UTF-16 units, which is how Salesforce counts, and that
no surrogate pair, combining mark or joined emoji is split (I29, LS-22).
"""

import unicodedata

_JOINERS = {"\u200d", "\ufe0e", "\ufe0f", "\u20e3"}
_KEPT_CONTROLS = {"\n", "\t"}


def units(text: str) -> int:
    """Length as Salesforce counts it."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def clean(text: str) -> str:
    """The text without what no system stores: NUL and other controls, lone surrogates, a BOM."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    return "".join(c for c in lines if c in _KEPT_CONTROLS or unicodedata.category(c) not in ("Cc", "Cs"))


def one_line(text: str) -> str:
    """The text with line breaks and runs of blanks made single blanks (LS-20)."""
    return " ".join(clean(text).split())


def _continues(char: str) -> bool:
    return (
        bool(unicodedata.combining(char))
        or char in _JOINERS
        or unicodedata.category(char) in ("Mn", "Me")
        or 0x1F3FB <= ord(char) <= 0x1F3FF
    )


def cut(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` UTF-16 units that ends between characters."""
    if units(text) <= limit:
        return text
    end = size = 0
    while size + units(text[end]) <= limit:
        size += units(text[end])
        end += 1
    while end and (_continues(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end]
