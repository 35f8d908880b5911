"""Stage `scenes`: a model says what photographs go with an excerpt; those that cannot be used are left out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

from photocast.corpus.asking import Ask, Question
from photocast.corpus.nouns import Dropped, Excerpt, Scene, StagedExcerpt
from photocast.corpus.outcome import not_answered, short
from photocast.corpus.parts import key_of
from photocast.corpus.prompts import CorpusPrompts
from photocast.corpus.proposals import Refusal, Said, read_proposals, scenes_schema
from photocast.corpus.scene_checks import CHECKS, Flaw, Limits, Proposal, Talk, sorted_out
from photocast.corpus.shown import BEGIN, END, show
from photocast.models import Request
from photocast.models.asking import SAMPLING, Heard

Flawed: TypeAlias = tuple[Proposal, Flaw]


@dataclass(frozen=True)
class Scening:
    """Finds scenes for an excerpt, or says why there are too few.

    Attributes:
        model: name of who is asked, for the results.
        count: fewest and most scenes of an excerpt.
        prompts: what is asked.
        limits: what a scene may be like.
        lexicon: words that can be seen, in small letters, with weights from 0 to 1; by default photocast's own.
    """

    model: str
    count: tuple[int, int] = (2, 6)
    prompts: CorpusPrompts = field(default_factory=CorpusPrompts)
    limits: Limits = field(default_factory=Limits)
    lexicon: Mapping[str, float] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Of the stage."""
        return "scenes"

    @property
    def settings(self) -> Any:
        """What its results depend on besides the excerpt and the answers."""
        limits = [list(self.limits.words), self.limits.seen, self.limits.alike]
        lexicon = key_of(sorted(self.lexicon.items())) if self.lexicon is not None else ""
        return {
            "count": list(self.count),
            "prompts": self.prompts.version,
            "checks": CHECKS,
            "limits": limits,
            "lexicon": lexicon,
        }

    async def __call__(self, excerpt: Excerpt, ask: Ask) -> Sequence[StagedExcerpt] | Dropped:
        """The excerpt with its scenes; where too few can be used, it is asked once more with what was wrong."""
        talk = Talk.of(excerpt, self._visual)
        question = self.question(excerpt)
        heard = await ask(question)
        kept, flawed = self._sorted_out(heard, talk)
        if isinstance(heard.found, tuple) and len(heard.answers) == 1 and len(kept) < self.count[0]:
            heard = await ask(self._complaint(question, flawed))
            kept, flawed = self._sorted_out(heard, talk)
        return self._staged(excerpt, heard, kept, flawed)

    def question(self, excerpt: Excerpt) -> Question[Said]:
        """What is asked about an excerpt: what is the same for all of them first, so that it can be cached."""
        words = self.prompts.render(
            "scenes",
            begin=BEGIN,
            talk=show(excerpt.turns),
            end=END,
            turns=len(excerpt.turns),
            least=self.count[0],
            most=self.count[1],
        )
        request = Request((words,), self.prompts.render("scenes_system"), SAMPLING, scenes_schema(), purpose=self.name)
        return Question(request, read_proposals, self._again())

    def _complaint(self, question: Question[Said], flawed: Sequence[Flawed]) -> Question[Said]:
        """The same question with what was wrong with the first answer. Whatever comes now is the last word."""
        request = question.request
        seed = (request.sampling.seed or 0) + 2  # the question that is put again as it is has the next one
        asked = replace(
            request, parts=(*request.parts, self._again(flawed)), sampling=replace(request.sampling, seed=seed)
        )
        return Question(asked, lambda answer: read_proposals(answer) or (), self._again())

    def _again(self, flawed: Sequence[Flawed] = ()) -> str:
        told = [{"prompt": short(one.prompt), "flaw": flaw.value} for one, flaw in flawed]
        shortest, longest = self.limits.words
        return "\n" + self.prompts.render(
            "scenes_again", left_out=told, least=self.count[0], shortest=shortest, longest=longest
        )

    def _sorted_out(self, heard: Heard[Said], talk: Talk) -> tuple[list[Proposal], list[Flawed]]:
        found = heard.found
        return sorted_out(found if isinstance(found, tuple) else (), talk, self.count[1], self.limits)

    def _staged(
        self, excerpt: Excerpt, heard: Heard[Said], kept: Sequence[Proposal], flawed: Sequence[Flawed]
    ) -> Sequence[StagedExcerpt] | Dropped:
        if nothing := not_answered(excerpt.id, heard):
            return nothing
        if isinstance(heard.found, Refusal):
            return Dropped(excerpt.id, "refused", heard.found.words)
        counts = Counter(flaw.value for _, flaw in flawed)
        if len(kept) < self.count[0]:
            return Dropped(excerpt.id, "no_scenes", _told(len(kept), counts))
        scenes = tuple(
            Scene(one.prompt, excerpt.place.first + one.first - 1, excerpt.place.first + one.last - 1) for one in kept
        )
        return (StagedExcerpt(excerpt, scenes, self.model, self.prompts.version, dict(sorted(counts.items()))),)

    @cached_property
    def _visual(self) -> Mapping[str, float]:
        if self.lexicon is not None:
            return self.lexicon
        from photocast.corpus.visual_words import visual_words

        return visual_words()


def _told(kept: int, counts: Mapping[str, int]) -> str:
    asked = kept + sum(counts.values())
    if not asked:
        return "the last answer holds no scenes"
    wrong = ", ".join(f"{flaw} {number}" for flaw, number in sorted(counts.items()))
    return f"{kept} of {asked} can be used" + (f"; left out: {wrong}" if wrong else "")
