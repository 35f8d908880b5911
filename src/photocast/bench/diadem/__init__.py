"""DiaDemBench: who says what in short clips, against references (arXiv:2601.19267); docs/diadem.md explains it."""

from photocast.bench.diadem.evaluate import evaluate
from photocast.bench.diadem.judges import AliasJudge, ExactJudge, Judge, ModelJudge, Question, Verdicts, read_aliases
from photocast.bench.diadem.records import Prediction, Reference, read_predictions, read_references
from photocast.bench.diadem.results import DiademResult, Group, Score, Video, VideoFailure
from photocast.models.asking import Asking, NoAnswer, Run

__all__ = [
    "AliasJudge",
    "Asking",
    "DiademResult",
    "ExactJudge",
    "Group",
    "Judge",
    "ModelJudge",
    "NoAnswer",
    "Prediction",
    "Question",
    "Reference",
    "Run",
    "Score",
    "Verdicts",
    "Video",
    "VideoFailure",
    "evaluate",
    "read_aliases",
    "read_predictions",
    "read_references",
]
