"""Open files: each screen takes one, and a press must find one left."""

import resource
from pathlib import Path


def raise_limit() -> int:
    """Take as many descriptors as the system allows; returns how many."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = hard if hard != resource.RLIM_INFINITY else 65_536
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def in_use(streams: int) -> int:
    """How many descriptors are in use; at least one for each stream where the system does not tell."""
    try:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())
    except OSError:
        return streams
