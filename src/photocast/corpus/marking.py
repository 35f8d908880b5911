"""Stage `excerpt`: a model marks by numbers of turns what goes with pictures, and that is cut out letter by letter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from photocast.corpus.asking import Ask, Question
from photocast.corpus.marks import POOR, UNSAFE, Mark, Unfit, mark_schema, read_mark
from photocast.corpus.nouns import Dropped, Excerpt, Place, Window, count_words, sha256_text
from photocast.corpus.outcome import last_answer, not_answered
from photocast.corpus.prompts import CorpusPrompts
from photocast.corpus.shown import BEGIN, END, show
from photocast.models import Request
from photocast.models.asking import SAMPLING, NoAnswer
from photocast.schema import InputError


@dataclass(frozen=True)
class Marking:
    """Marks one excerpt in a window, or says why there is none.

    Attributes:
        model: name of who is asked, for the excerpts.
        words: fewest and most that an excerpt may have.
        prompts: what is asked.
    """

    model: str
    words: tuple[int, int] = (700, 1150)
    prompts: CorpusPrompts = field(default_factory=CorpusPrompts)

    @property
    def name(self) -> str:
        """Of the stage."""
        return "excerpt"

    @property
    def settings(self) -> Any:
        """What its results depend on besides the window and the answers."""
        return {"words": list(self.words), "prompts": self.prompts.version}

    async def __call__(self, window: Window, ask: Ask) -> Sequence[Excerpt] | Dropped:
        """The excerpt, or why there is none: what a model is asked costs, so what cannot do is not asked about."""
        if (counted := count_words(window.turns)) < self.words[0]:
            return Dropped(window.id, "too_short", f"the window has {counted} words")
        heard = await ask(self.question(window))
        if nothing := not_answered(window.id, heard):
            return nothing
        found = heard.found
        if isinstance(found, NoAnswer):
            found = read_mark(last_answer(heard) or "", window.turns, self.words)
        if isinstance(found, Unfit):
            return Dropped(window.id, found.reason, found.detail)
        return left_out(window, found) or self._cut(window, found)

    def question(self, window: Window) -> Question[Mark | Unfit]:
        """What is asked about a window: what is the same for all of them first, so that it can be cached."""
        limits = {"least": f"{self.words[0]:,}", "most": f"{self.words[1]:,}"}
        words = self.prompts.render(
            "excerpt",
            **limits,
            begin=BEGIN,
            talk=show(window.turns),
            end=END,
            turns=len(window.turns),
            words=f"{count_words(window.turns):,}",
            unsafe=list(UNSAFE),
            poor=list(POOR),
        )
        system = self.prompts.render("excerpt_system", **limits)
        request = Request((words,), system, SAMPLING, mark_schema(), purpose="excerpt")
        return Question(request, partial(self._read, window), "\n" + self.prompts.render("excerpt_again", **limits))

    def _read(self, window: Window, answer: str) -> Mark | Unfit | None:
        """None is asked about once more. A refusal in words is a result."""
        found = read_mark(answer, window.turns, self.words)
        return None if isinstance(found, Unfit) and found.reason != "refused" else found

    def _cut(self, window: Window, mark: Mark) -> Sequence[Excerpt] | Dropped:
        turns = window.turns[mark.first : mark.last + 1]
        if len({turn.speaker for turn in turns}) < 2:
            return Dropped(window.id, "poor_quality", "monologue: one speaker says all of it")
        place = cut_window(window, mark.first, mark.last)
        excerpt = Excerpt(
            id=f"{window.origin.episode}-{place.first}-{place.last}",
            origin=window.origin,
            episode_sha256=window.episode_sha256,
            place=place,
            turns=turns,
            words=count_words(turns),
            richness=window.richness,
            window=window.id,
            model=self.model,
            prompts=self.prompts.version,
            safety=mark.safety,
            quality=mark.quality,
        )
        return (excerpt,)


def left_out(window: Window, mark: Mark) -> Dropped | None:
    """Why a window is left out although it was marked."""
    if not mark.visual:
        return Dropped(window.id, "not_visual", mark.why)
    if not mark.safety.ok:
        return Dropped(window.id, "unsafe", mark.safety.why)
    if not mark.quality.ok:
        return Dropped(window.id, "poor_quality", mark.quality.why)
    return None


def cut_window(window: Window, first: int, last: int) -> Place:
    """The place in the episode's text of turns `first` to `last` of a window, counted from its first turn.

    Raises:
        InputError: the window is not what its place says, so that nothing can be cut out of it letter by letter.
    """
    whole, text = window.place, window.text
    if sha256_text(text) != whole.sha256 or len(text) != whole.end - whole.start:
        why = "its turns are not the text that its place in the episode has"
        raise InputError(
            f"the window {window.id} is damaged", why, "Delete its part and run photocast corpus run again"
        )
    start = sum(len(turn.text) + 1 for turn in window.turns[:first])
    said = "\n".join(turn.text for turn in window.turns[first : last + 1])
    end = start + len(said)
    place = Place(whole.first + first, whole.first + last, whole.start + start, whole.start + end, sha256_text(said))
    assert text[start:end] == said  # by construction; whoever changes it is told
    return place
