"""Every refusal of Salesforce that we have a sample of is read as the sample says."""

from typing import Any

import pytest

from lockstep.catalogue.reason_texts import REASON_TEXTS
from lockstep.salesforce.errors import FieldsRefused
from tests.golden_errors import SAMPLES, Sample


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_refusal_is_read_as_its_sample_says(sample: Sample) -> None:
    """Class, reason, how much must wait, fields, sentence, who can mend it, and the level that a page shows."""
    error = sample.error()
    said: dict[str, Any] = {"class": type(error).__name__, "reason": str(error.reason), "scope": error.scope}
    if isinstance(error, FieldsRefused):
        said["fields"] = list(error.fields)
        said |= {"lengths": dict(error.lengths)} if error.lengths else {}
    said |= {
        "sentence": error.detail,
        "who": REASON_TEXTS[error.reason].who,
        "level": "record" if error.scope == "item" else "job",
        "reaction": sample.wanted["reaction"],
    }
    assert said == sample.wanted
