"""The most memory that this very process ever held; what a parent held before the start of it is not counted."""

import resource
import sys
from pathlib import Path


def peak_mb() -> float:
    """The most memory that this process ever held, in MB."""
    # getrusage would also tell of the process that this one was forked from
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return round(int(line.split()[1]) / 1024, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
