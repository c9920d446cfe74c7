"""The strict mode: what Salesforce tolerates and nobody should rely on is refused, and remembered."""

from dataclasses import dataclass, field

from local.simulators.salesforce.problems import Problem

CODE = "STRICT_MODE"


@dataclass(slots=True)
class Strictness:
    """Off by default; `seen` lists what was refused, for `records?type=Liberty`."""

    on: bool = False
    seen: list[dict[str, str]] = field(default_factory=list)

    def object_to(self, liberty: str) -> None:
        """Refuse a liberty that a caller takes, while the mode is on."""
        if self.on:
            self.seen.append({"liberty": liberty})
            raise Problem(CODE, f"{liberty}; Salesforce tolerates this, the strict mode does not")
