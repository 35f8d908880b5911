"""The scales from 1 to 5, in our own words. Lin & Chen (arXiv:2407.02586) name four of them and publish none."""

from dataclasses import dataclass
from enum import StrEnum

from photocast.schema import UsageError

VERSION = "rubric 1"
"""Raised whenever a word of a scale or of the question changes: scores of two versions are not comparable."""


class Photos(StrEnum):
    """What a scale has to do with the photos."""

    NEEDED = "needed"
    """Without them there is nothing to judge."""
    SHOWN = "shown"
    """They are shown where they are there."""
    HIDDEN = "hidden"
    """They would only distract."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One criterion: a question, and what three of the five scores mean."""

    name: str
    title: str
    question: str
    low: str
    """What a 1 is."""
    middle: str
    """What a 3 is."""
    high: str
    """What a 5 is."""
    photos: Photos = Photos.HIDDEN
    spoken: bool = False
    """Whether it is asked of conversations alone, and not of stories."""


SCALES = {
    scale.name: scale
    for scale in (
        Scale(
            "coherence",
            "Coherence",
            "Does one thing lead to the next, in an order that can be followed, without contradictions?",
            low="Pieces without a thread. What happens, when and to whom cannot be followed, or later statements "
            "contradict earlier ones in things that matter.",
            middle="The thread can be followed, but it breaks in places: a jump that nothing prepares, a point made "
            "twice, a detail that does not fit with what was said before.",
            high="Every part follows from what came before it. Order in time and causes are clear, people and things "
            "stay the same throughout, and the end comes out of the beginning.",
        ),
        Scale(
            "relevance",
            "Relevance to the photos",
            "Is the text about these photos, all of them, and does it say only what they show or what is plainly made "
            "up around them?",
            low="It could be about other photos. Most of them do not occur, or what is said of them is wrong.",
            middle="It is about these photos, but some are passed over or only touched, or one or two statements about "
            "what they show are wrong or have nothing to rest on.",
            high="Every photo has its place in the text, by something that can be seen in it. What is said to be seen "
            "is there, and what is imagined can be told to be imagined.",
            photos=Photos.NEEDED,
        ),
        Scale(
            "emotional_depth",
            "Emotional depth",
            "Do people in it feel something, does it fit what happens, and does it change in the course of the text?",
            low="Nobody feels anything, or feelings are only asserted with stock words that would fit any occasion.",
            middle="Feelings are there and fit, but they are named rather than shown, stay on one note, or come and go "
            "without a cause.",
            high="Feelings show in what people say, do and leave out. They have causes in what happens, differ between "
            "people, and change in a way one believes.",
            photos=Photos.SHOWN,
        ),
        Scale(
            "overall",
            "Overall quality",
            "How good is the text, all in all, for somebody who knows these events or wants to get to know them?",
            low="One would stop after a few lines: confusing, wrong or empty.",
            middle="One would get to the end. It does its work and leaves little behind; several things could be "
            "better without effort.",
            high="One would pass it on. It is clear, alive and its own, and there is little that one would change.",
            photos=Photos.SHOWN,
        ),
        Scale(
            "conversation",
            "Conversation",
            "Do the speakers talk with each other as people do?",
            low="Speeches in turn. Nobody takes up what the other said; turns are alike in length and build, and could "
            "be given to one speaker without loss.",
            middle="They answer each other, but as if by plan: a question, an answer, praise for the answer. Speakers "
            "sound alike; interruptions, doubts and short reactions are rare or put on.",
            high="They react to what was just said, ask back, interrupt, disagree, drop and take up threads. Turns are "
            "short and long as the matter wants it, and one knows who speaks without the labels.",
            spoken=True,
        ),
        Scale(
            "listenability",
            "Listenability",
            "Could one follow it with the ears alone, and would one like to?",
            low="Written language read aloud: long packed sentences, lists, words that only the eye can sort; without "
            "the photos one is lost.",
            middle="One can follow, with effort in places: sentences too full to be taken in at once, or descriptions "
            "that take for granted what only the eye would know.",
            high="Made for ears. Sentences are taken in at once, what is seen is put into words where it is needed, "
            "and there is rest and surprise enough to stay with it.",
            spoken=True,
        ),
    )
}
FOR_STORIES = tuple(name for name, scale in SCALES.items() if not scale.spoken)


def chosen(names: tuple[str, ...], *, photos: bool, stories: bool) -> tuple[Scale, ...]:
    """The scales that are asked about.

    Args:
        names: as the user gives them; none means all that can be asked.
        photos: whether photos are there.
        stories: whether the texts are stories, in which nobody speaks.

    Raises:
        UsageError: there is no such scale, or it cannot be asked about these texts.
    """
    for name in names:
        if name not in SCALES:
            raise UsageError(f"there is no criterion {name!r}", f"there are {', '.join(SCALES)}", "Choose among them")
        if SCALES[name].photos is Photos.NEEDED and not photos:
            raise UsageError(f"{name} cannot be judged", "the judges would see no photos", "Add --albums DIR")
        if SCALES[name].spoken and stories:
            raise UsageError(f"{name} cannot be judged", "nobody speaks in a story", "Leave it out, or leave --stories")
    if names:
        return tuple(SCALES[name] for name in dict.fromkeys(names))
    fit = (one for one in SCALES.values() if not (one.spoken and stories))
    return tuple(one for one in fit if photos or one.photos is not Photos.NEEDED)
