"""Story instruct: visual stories become five tasks in one dataset, after Lin & Chen (arXiv:2407.02586).

    stories, left_out = read_sources([Path("fox.jsonl")], Reading())
    built = build(stories, Path("out"), Mixture(StoryTable()))

The paper publishes neither data nor values: all of this is a reconstruction, described in docs/story_instruct.md.
"""

from photocast.training.story.build import Built, Mixture, build
from photocast.training.story.nouns import TASKS, Frame, Kept, LeftOut, Shown, Task, VisualStory
from photocast.training.story.sources.opening import Read, Reading, read_sources

__all__ = [
    "TASKS",
    "Built",
    "Frame",
    "Kept",
    "LeftOut",
    "Mixture",
    "Read",
    "Reading",
    "Shown",
    "Task",
    "VisualStory",
    "build",
    "read_sources",
]
