"""VIST (Huang et al., NAACL 2016), album stories with a text for each photo, as an evaluation set.

Neither photos nor texts are part of photocast: the annotations come from the project's site, the photos from Flickr or
from the project's archives, and both stay with whoever fetched them.
"""

from photocast.bench.vist.fetch import Fetched, Manners, fetch
from photocast.bench.vist.photos import Ledger, Wanted
from photocast.bench.vist.selection import Selection, read_selection, write_selection
from photocast.bench.vist.split import DRAWS, SEED, Split, draw
from photocast.stories.vist import Annotations, Story, VistPhoto, read_annotations

__all__ = [
    "DRAWS",
    "SEED",
    "Annotations",
    "Fetched",
    "Ledger",
    "Manners",
    "Selection",
    "Split",
    "Story",
    "VistPhoto",
    "Wanted",
    "draw",
    "fetch",
    "read_annotations",
    "read_selection",
    "write_selection",
]
