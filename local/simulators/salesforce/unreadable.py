"""A JSON body that cannot be read, as the vendor's parser puts it: what stood there, what was expected, and where."""

import json
import re

from local.simulators.salesforce.problems import Problem, unreadable

_WANTED = {
    "Expecting property name enclosed in double quotes": "was expecting double-quote to start field name",
    "Illegal trailing comma before end of object": "was expecting double-quote to start field name",
    "Expecting ':' delimiter": "was expecting a colon to separate field name and value",
    "Expecting ',' delimiter": "was expecting comma to separate {} entries",
}
_VALUE = "expected a valid value (number, String, array, object, 'true', 'false' or 'null')"
_WORD = re.compile(r"[A-Za-z]\w*")


def explained(error: json.JSONDecodeError) -> Problem:
    """The problem that a parser's complaint becomes."""
    text, at = error.doc, error.pos
    if at >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        kind = _open_kind(text)
        return unreadable(f"Unexpected end-of-input: expected close marker for {kind} (from [line:1, column:0])")
    word = _WORD.match(text, at)
    if error.msg == "Expecting value" and word is not None:
        place = _place(error, len(word.group()))
        return unreadable(f"Unrecognized token '{word.group()}': was expecting 'true', 'false' or 'null' at {place}")
    wanted = _WANTED.get(error.msg, _VALUE).format(_open_kind(text[:at]))
    char = text[at]
    return unreadable(f"Unexpected character ('{char}' (code {ord(char)})): {wanted} at {_place(error, 1)}")


def _place(error: json.JSONDecodeError, behind: int) -> str:
    return f"[line:{error.lineno}, column:{error.colno + behind}]"


def _open_kind(text: str) -> str:
    """Whether the innermost bracket that is still open is an object's or an array's."""
    bare = re.sub(r'"(?:\\.|[^"\\])*"?', "", text)
    while bare != (bare := re.sub(r"\{[^{}\[\]]*\}|\[[^{}\[\]]*\]", "", bare)):
        pass
    return "ARRAY" if bare.rfind("[") > bare.rfind("{") else "OBJECT"
