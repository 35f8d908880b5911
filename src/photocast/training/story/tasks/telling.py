"""Caption, continuation and generation: answered by what people wrote."""

from collections.abc import Sequence
from random import Random

from photocast.training.story.nouns import MOST_PICTURES, Draft, Lacks, VisualStory
from photocast.training.story.tasks.others import Others


def caption(story: VisualStory, others: Others, die: Random) -> Sequence[Draft] | Lacks:
    """One picture, and what somebody wrote of it: a sample for every picture that has a caption."""
    drafts = [
        Draft("caption", story, at, (at,), frame.caption) for at, frame in enumerate(story.frames) if frame.caption
    ]
    return drafts or Lacks("no_caption")


def continuation(story: VisualStory, others: Others, die: Random) -> Sequence[Draft] | Lacks:
    """The story up to a picture, and how it goes on with the next one or more: a sample for every place to break off.

    How many pictures are ahead is thrown: any number up to the end.
    """
    if lacking := _of_several_pictures(story):
        return lacking
    if story.texts is None:
        return Lacks("picture_without_text")
    drafts = []
    for told in range(1, len(story.frames)):
        ahead = die.randint(1, len(story.frames) - told)
        values = {"told": told, "ahead": ahead, "so_far": " ".join(story.texts[:told])}
        answer = " ".join(story.texts[told : told + ahead])
        drafts.append(Draft("continuation", story, told, tuple(range(told + ahead)), answer, values))
    return drafts


def generation(story: VisualStory, others: Others, die: Random) -> Sequence[Draft] | Lacks:
    """All pictures, and the whole story. Names of characters are told: no picture shows them."""
    if lacking := _of_several_pictures(story):
        return lacking
    if story.whole is None:
        return Lacks("no_whole_story")
    values = {"pictures": len(story.frames), "names": story.names}
    return [Draft("generation", story, 0, tuple(range(len(story.frames))), story.whole, values)]


def _of_several_pictures(story: VisualStory) -> Lacks | None:
    if len(story.frames) == 1:
        return Lacks("one_picture")
    return Lacks("too_many_pictures") if len(story.frames) > MOST_PICTURES else None
