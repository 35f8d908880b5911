"""Illustrate: a picture for every scene of an excerpt, or a gap that says why there is none."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from photocast.album.likeness import Likeness
from photocast.corpus.asking import Ask, Question
from photocast.corpus.inspection import Inspection
from photocast.corpus.nouns import Dropped, Illustration, Pair, StagedExcerpt
from photocast.corpus.rewording import PROMPTS, reworded
from photocast.models.asking import Heard, NoAnswer
from photocast.models.images import Drawn, PictureStore, missing, picture_request, read_drawn

FILTERED, FAILED, MISSING = "filtered", "failed", "missing"
_SEEDS = 2**31 - 1
_AGAIN = 4
"""How often the same picture is asked for at most, where its file is gone every time."""


@dataclass(frozen=True)
class Illustrating:
    """Asks a text-to-image model for one picture a scene.

    A picture that the model's filter refuses is asked for again in other words; one that is blank, damaged, a copy of
    another one of the excerpt or of something else is drawn again; at most `retries` times, and then it is a gap. Every
    try has a seed of its own, made of the excerpt, the scene and the try, so that it does not depend on who else is
    illustrated.

    Attributes:
        model: who makes the pictures, by its name.
        store: where the pictures lie.
        inspection: looks at every picture.
        style: stands before every prompt.
        seed: another one gives other pictures.
        retries: tries after the first.
    """

    model: str
    store: PictureStore = field(repr=False)
    inspection: Inspection = field(repr=False)
    style: str
    seed: int = 0
    retries: int = 2

    name = "illustrate"

    @property
    def settings(self) -> Any:
        """All that the pictures depend on besides the scenes and the model."""
        own = {"style": self.style, "seed": self.seed, "retries": self.retries, "rewording": PROMPTS}
        return own | {"inspection": self.inspection.settings}

    async def __call__(self, item: StagedExcerpt, paint: Ask, reword: Ask) -> Sequence[Pair] | Dropped:
        """The excerpt with its pictures and gaps; dropped if there is no picture at all.

        Args:
            item: the excerpt with its scenes.
            paint: the text-to-image model.
            reword: a model of words, which is asked when a prompt was refused.
        """
        done: list[Illustration] = []
        likenesses: list[Likeness] = []
        for number in range(len(item.scenes)):
            done.append(await self._illustrate(item, number, likenesses, paint, reword))
        if not any(one.image for one in done):
            return Dropped(item.id, "no_pictures", ", ".join(one.gap for one in done))
        return [Pair(item, tuple(done), self.model)]

    async def _illustrate(
        self, item: StagedExcerpt, number: int, likenesses: list[Likeness], paint: Ask, reword: Ask
    ) -> Illustration:
        """One picture or gap; the likeness of a picture is added to those of the excerpt's others."""
        prompts = [scene.prompt for scene in item.scenes]
        tries: list[str] = []
        for attempt in range(self.retries + 1):
            heard = await self._paint(prompts[number], self._seed(item.id, number, attempt), paint)
            if isinstance(heard.found, NoAnswer):
                tries.append(f"{FILTERED if heard.found.refused else FAILED}: {heard.found.reason}")
                if heard.found.refused and attempt < self.retries:
                    prompts[number] = await reworded(prompts[number], reword) or prompts[number]
                continue
            flaw, likeness = self._look(heard.found, prompts, number, likenesses)
            if flaw is None and likeness is not None:
                likenesses.append(likeness)
                return _illustration(number, prompts[number], heard.found, tries)
            tries.append(flaw or FAILED)
        return Illustration(number, prompts[number], gap=tries[-1].partition(":")[0], tries=tuple(tries))

    async def _paint(self, prompt: str, seed: int, paint: Ask) -> Heard[Drawn]:
        """What comes of a prompt. A picture whose file is gone, or lies in another corpus, is drawn once more."""
        for again in range(_AGAIN):
            request = picture_request(self.style + prompt, seed=seed, again=again)
            heard = await paint(Question(request, read_drawn, ""))
            if isinstance(heard.found, NoAnswer) or not missing(heard.found, self.store):
                break
        return heard

    def _look(
        self, drawn: Drawn, prompts: Sequence[str], number: int, likenesses: Sequence[Likeness]
    ) -> tuple[str | None, Likeness | None]:
        if missing(drawn, self.store):
            return MISSING, None
        return self.inspection.look(self.store.get(drawn.image), prompts, number, likenesses)

    def _seed(self, excerpt: str, number: int, attempt: int) -> int:
        """From 1 on: 0 means any seed to some services."""
        content = json.dumps([self.seed, excerpt, number, attempt]).encode()
        return 1 + int.from_bytes(blake2b(content, digest_size=8).digest()) % _SEEDS


def _illustration(number: int, prompt: str, drawn: Drawn, tries: Sequence[str]) -> Illustration:
    return Illustration(
        number,
        prompt,
        image=drawn.image,
        format=drawn.format,
        width=drawn.width,
        height=drawn.height,
        seed=drawn.seed,
        tries=tuple(tries),
    )
