"""The five tasks: what each makes of a story, or what the story lacks for it."""

from collections.abc import Callable, Mapping, Sequence
from random import Random

from photocast.training.story.nouns import Draft, Lacks, Task, VisualStory
from photocast.training.story.tasks.consistency import consistency
from photocast.training.story.tasks.emotion import emotion
from photocast.training.story.tasks.others import Others
from photocast.training.story.tasks.telling import caption, continuation, generation

Make = Callable[[VisualStory, Others, Random], Sequence[Draft] | Lacks]
"""The samples of a story, given the others of its split and a die of its own; or what it lacks."""

MAKERS: Mapping[Task, Make] = {
    "caption": caption,
    "continuation": continuation,
    "generation": generation,
    "emotion": emotion,
    "consistency": consistency,
}

__all__ = ["MAKERS", "Make", "Others"]
