"""Talk of podcasts in the forms in which it is found."""

from photocast.corpus.sources.opening import Kind, open_source
from photocast.corpus.sources.source import Early, Facts, Source, SourcePart, Told
from photocast.corpus.sources.sporc_legacy import SporcLegacy
from photocast.corpus.sources.sporc_parquet import SporcParquet
from photocast.corpus.sources.transcripts import Transcripts
from photocast.corpus.sources.turns import UNKNOWN

__all__ = [
    "UNKNOWN",
    "Early",
    "Facts",
    "Kind",
    "Source",
    "SourcePart",
    "SporcLegacy",
    "SporcParquet",
    "Told",
    "Transcripts",
    "open_source",
]
