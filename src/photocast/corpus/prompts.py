"""What models are asked about talk: our own words, under a version, which users can replace."""

from photocast.prompts.templated import Templates

VERSION = 1
"""Raised whenever a template changes: excerpts and scenes say with which version they were asked for."""


class CorpusPrompts(Templates):
    """The templates of the stages that ask about talk.

    They are `excerpt_system.jinja`, `excerpt.jinja`, `excerpt_again.jinja`, `scenes_system.jinja`, `scenes.jinja` and
    `scenes_again.jinja`; a folder of the user's may hold any of them.
    """

    HOME, VERSION = "photocast.corpus", VERSION
    NAMES = ("excerpt_system", "excerpt", "excerpt_again", "scenes_system", "scenes", "scenes_again")
