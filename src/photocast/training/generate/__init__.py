"""Talks about thousands of albums: dealt out to machines, kept part by part, gone on with after any stop.

Nothing here needs what a training needs: it runs beside vLLM, in an environment of its own.
"""

from photocast.training.generate.engine import Answer, Engine, TransformersEngine
from photocast.training.generate.run import Counts, Shard, generate, read_answers
from photocast.training.generate.sources import AlbumSource, DatasetSource, Question, Source, open_source

__all__ = [
    "AlbumSource",
    "Answer",
    "Counts",
    "DatasetSource",
    "Engine",
    "Question",
    "Shard",
    "Source",
    "TransformersEngine",
    "generate",
    "open_source",
    "read_answers",
]
