"""What every run needs: files that are whole or absent, hashes, locks, a clock, the report, the journal of calls."""

from photocast.runs.clock import Clock
from photocast.runs.files import cannot_write, cannot_write_temporary, sha256_of, sha256_of_bytes, write_atomically
from photocast.runs.journal import Journal
from photocast.runs.lock import Lock, alone_in
from photocast.runs.records import Attempt, Pruned, RunSummary, State, dollars
from photocast.runs.report import Figure, ModelUse, PhotoCount, Report
from photocast.runs.tables import state_folder

__all__ = [
    "Attempt",
    "Clock",
    "Figure",
    "Journal",
    "Lock",
    "ModelUse",
    "PhotoCount",
    "Pruned",
    "Report",
    "RunSummary",
    "State",
    "alone_in",
    "cannot_write",
    "cannot_write_temporary",
    "dollars",
    "sha256_of",
    "sha256_of_bytes",
    "state_folder",
    "write_atomically",
]
