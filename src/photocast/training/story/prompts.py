"""What is asked in the five tasks: our own words, in several phrasings, which users can replace."""

from random import Random

from photocast.prompts.templated import Templates
from photocast.training.story.nouns import TASKS, Draft

VERSION = 1
"""Raised whenever a template changes; a dataset says with which version it was asked."""
PHRASINGS = 4
"""Of each task: a model is not to learn one sentence by heart."""


class StoryPrompts(Templates):
    """The templates `caption_1.jinja` to `consistency_4.jinja`; a folder of the user's may hold any of them."""

    HOME, VERSION = "photocast.training.story", VERSION
    NAMES = tuple(f"{task}_{number}" for task in TASKS for number in range(1, PHRASINGS + 1))

    def ask(self, draft: Draft, die: Random) -> str:
        """The question of a sample, in a phrasing that is thrown.

        Raises:
            ConfigError: a template of the user's cannot be rendered.
        """
        return self.render(f"{draft.task}_{die.randint(1, PHRASINGS)}", **draft.values)
