"""The writer that asks a model."""

from photocast.writing.prompted.events import Event, Heard, Listener, TakenBack
from photocast.writing.prompted.parts import MOST_PHOTOS, Part, in_parts
from photocast.writing.prompted.questions import questions_by
from photocast.writing.prompted.rewrite import redo_with
from photocast.writing.prompted.work import Work
from photocast.writing.prompted.writer import write_with

__all__ = [
    "MOST_PHOTOS",
    "Event",
    "Heard",
    "Listener",
    "Part",
    "TakenBack",
    "Work",
    "in_parts",
    "questions_by",
    "redo_with",
    "write_with",
]
