"""The corpus: every named story, whichever file tells it."""

from tests.simulation import (
    corpus_answers,
    corpus_connections,
    corpus_life,
    corpus_matching,
    corpus_reading,
    corpus_rollup,
    corpus_writing,
)
from tests.simulation.scenes import TALES, played, scene

__all__ = [
    "TALES",
    "corpus_answers",
    "corpus_connections",
    "corpus_life",
    "corpus_matching",
    "corpus_reading",
    "corpus_rollup",
    "corpus_writing",
    "played",
    "scene",
]
