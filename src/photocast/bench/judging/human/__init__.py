"""A local web page on which people say which transcript they prefer; their votes are those of model judges."""

from photocast.bench.judging.human.server import LOOPBACK, Server, serve
from photocast.bench.judging.human.session import Answer, Session, Unsaved
from photocast.bench.judging.human.status import RaterStatus, read_status
from photocast.bench.judging.human.study import CONSENT, Comparison, Study, Text, study_of
from photocast.bench.judging.human.workplace import Workplace

__all__ = [
    "CONSENT",
    "LOOPBACK",
    "Answer",
    "Comparison",
    "RaterStatus",
    "Server",
    "Session",
    "Study",
    "Text",
    "Unsaved",
    "Workplace",
    "read_status",
    "serve",
    "study_of",
]
