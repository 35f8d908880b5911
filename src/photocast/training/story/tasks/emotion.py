"""Emotion recognition: what a character feels in a picture, out of a closed list."""

from collections.abc import Sequence
from random import Random

from photocast.stories.notes import EMOTIONS
from photocast.training.story.nouns import MOST_PICTURES, Draft, Lacks, VisualStory
from photocast.training.story.tasks.others import Others


def emotion(story: VisualStory, others: Others, die: Random) -> Sequence[Draft] | Lacks:
    """All pictures, and the emotion that people noted: a sample for every note.

    How the character looks in that picture is told where it was noted, since no picture shows a name.
    """
    if len(story.frames) > MOST_PICTURES:
        return Lacks("too_many_pictures")
    shown = tuple(range(len(story.frames)))
    drafts: list[Draft] = []
    for at, frame in enumerate(story.frames):
        for one in frame.characters:
            if one.emotion:
                values = {
                    "pictures": len(shown),
                    "picture": at + 1,
                    "character": one.name,
                    "look": one.look,
                    "emotions": EMOTIONS,
                }
                drafts.append(Draft("emotion", story, len(drafts), shown, one.emotion, values, label=one.emotion))
    return drafts or Lacks("no_emotion_noted")
