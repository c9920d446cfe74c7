"""What was started and where it listens, in one JSON file: the only thing `status` and `down` need to know."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from local.cloud.paths import STATE


@dataclass(frozen=True)
class Started:
    """A process of ours: the birth keeps a reused pid from being taken for it."""

    pid: int
    born: str
    log: str


@dataclass
class CloudState:
    """The running local cloud."""

    stack: str
    urls: dict[str, str] = field(default_factory=dict)
    processes: dict[str, Started] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def save(self, path: Path = STATE) -> None:
        """Write it whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self), indent=1))
        draft.replace(path)


def load(path: Path = STATE) -> CloudState | None:
    """What was saved last, or None when nothing was started."""
    if not path.exists():
        return None
    data = json.loads(path.read_text())
    data["processes"] = {name: Started(**process) for name, process in data["processes"].items()}
    return CloudState(**data)
