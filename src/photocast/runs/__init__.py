"""What every run needs: files that are whole or absent, hashes, locks, a clock and the report."""

from photocast.runs.clock import Clock
from photocast.runs.files import cannot_write, cannot_write_temporary, sha256_of, sha256_of_bytes, write_atomically
from photocast.runs.lock import Lock
from photocast.runs.report import Figure, PhotoCount, Report

__all__ = [
    "Clock",
    "Figure",
    "Lock",
    "PhotoCount",
    "Report",
    "cannot_write",
    "cannot_write_temporary",
    "sha256_of",
    "sha256_of_bytes",
    "write_atomically",
]
