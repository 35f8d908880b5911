"""From facts to a script."""

from photocast.writing.check import check
from photocast.writing.draft import Draft
from photocast.writing.pocket import Beat, default_words, redo, write
from photocast.writing.problem import Problem
from photocast.writing.prompted import (
    MOST_PHOTOS,
    Event,
    Heard,
    Listener,
    Part,
    TakenBack,
    Work,
    in_parts,
    questions_by,
    redo_with,
    write_with,
)

__all__ = [
    "MOST_PHOTOS",
    "Beat",
    "Draft",
    "Event",
    "Heard",
    "Listener",
    "Part",
    "Problem",
    "TakenBack",
    "Work",
    "check",
    "default_words",
    "in_parts",
    "questions_by",
    "redo",
    "redo_with",
    "write",
    "write_with",
]
