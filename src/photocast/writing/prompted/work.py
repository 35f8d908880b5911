"""What a model is asked to write, as requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random

from photocast.models import Image, Request, Sampling
from photocast.prompts import Prompts, Telling, questions_schema, script_schema, turns_schema
from photocast.schema import AlbumRecord, Brief, FactSheet, Host, Permission, Script, Turn, Way
from photocast.writing.cast import cast
from photocast.writing.prompted.parts import Part
from photocast.writing.prompted.said import Said, SaidClaim

_SHORT_ENOUGH = 2500
"""Words of a conversation that the next part is shown whole; of a longer one the beginning is shown in short."""
_SHOWN_WHOLE = 800
_AROUND = 8
"""Turns before and after that are shown with turns to be written anew."""
_MOST_PICTURES = 8
"""Photos that are sent along with turns to be written anew."""


@dataclass(frozen=True)
class Work:
    """One album, one brief, and how a model may be told of them.

    Attributes:
        images: the pictures by photo id; empty when the model writes from facts alone.
        allow: what may be told beside the pixels; None when nothing leaves this machine.
        structured: whether the answer is asked for as JSON.
        context: tokens that a question and its answer may have together; none when that is not known.
    """

    album: AlbumRecord
    facts: FactSheet
    brief: Brief
    words: int
    images: Mapping[str, Image]
    prompts: Prompts
    structured: bool
    allow: tuple[Permission, ...] | None
    context: int | None = None

    @property
    def way(self) -> Way:
        """Direct when the model sees the photos."""
        return Way.DIRECT if self.images else Way.FACTS

    @property
    def paper(self) -> bool:
        """Whether the conditions of SPoRC-VIST hold: labelled lines, no system prompt, photos before words."""
        return self.brief.style == "paper"

    @cached_property
    def telling(self) -> Telling:
        """What the model may know; one and the same for all its requests, so that their answers can be understood."""
        return Telling(self.album, self.facts, self.brief, allow=self.allow, pixels=bool(self.images))

    @cached_property
    def hosts(self) -> tuple[Host, ...]:
        """Who talks: those the brief names, and others with a character of their own."""
        if self.paper and not self.brief.cast:
            return tuple(Host(name=f"Speaker {number}") for number in range(1, self.brief.hosts + 1))
        members = cast(self.brief, Random(f"{self.brief.seed} {self.album.title}"))
        return tuple(Host(name=one.name, character=one.character) for one in members)

    def part(self, part: Part, said: Sequence[Turn], later: Sequence[str], locked: Sequence[Turn]) -> Request:
        """The request for a part of the conversation.

        Args:
            part: which photos, how many words.
            said: the turns so far.
            later: photos of parts to come.
            locked: turns that stay and are put back afterwards.
        """
        telling, structured = self.telling, self.structured and not self.paper
        hosts = [
            Host(name=telling.hide(host.name), character=telling.hide(host.character or "") or None)
            for host in self.hosts
        ]
        words = self.prompts.render(
            "paper" if self.paper else "script",
            part=part,
            hosts=hosts,
            style="" if self.paper else self.prompts.style(self.brief.style),
            playful=self.brief.playful,
            disclosure=self.brief.disclosure,
            language=self.brief.language,
            notes=telling.notes,
            photos=telling.photos(part.photos),
            direct=bool(self.images),
            facts_only=not self.images,
            later=", ".join(later),
            said=telling.hide(transcript(said)),
            locked=[self._hidden(turn, telling) for turn in locked],
            structured=structured,
            example=part.photos[0] if part.photos else "",
        )
        schema = script_schema([host.name for host in hosts], part.photos) if structured else None
        return self._request(part.photos, words, schema, purpose="script", tokens=self._room(part.words, structured))

    def again(self, request: Request, complaint: str) -> Request:
        """The same request once more, with what was wrong with the answer."""
        parts = (*request.parts, f"\n\nYour last answer could not be used: {complaint}. Write it again as asked.")
        seed = None if request.sampling.seed is None else request.sampling.seed + 1
        return replace(request, parts=parts, sampling=replace(request.sampling, seed=seed), purpose="repair")

    def turns(self, script: Script, wanted: Mapping[str, str], purpose: str) -> Request:
        """The request to write some turns anew, each for the reason given."""
        telling, structured = self.telling, self.structured and not self.paper
        shown = around(script.turns, wanted)
        spoken_of = [photo for turn in script.turns if turn.id in wanted for photo in turn.photos]
        missing = [photo.id for photo in self.album.photos if any(photo.id in why.split() for why in wanted.values())]
        photos = tuple(dict.fromkeys([*missing, *spoken_of]))
        speakers = {turn.id: telling.hide(turn.speaker) for turn in script.turns}
        words = self.prompts.render(
            "turns",
            whole=len(shown) == len(script.turns),
            turns=[self._hidden(turn, telling) for turn in shown],
            wanted=[{"id": one, "speaker": speakers[one], "why": telling.hide(why)} for one, why in wanted.items()],
            photos=telling.photos(photos),
            notes=telling.notes,
            direct=bool(self.images),
            language=self.brief.language,
            structured=structured,
            photo_marks=not self.paper,
        )
        schema = turns_schema(list(wanted), sorted(set(speakers.values())), photos) if structured else None
        longest = sum(len(turn.text.split()) for turn in script.turns if turn.id in wanted)
        return self._request(
            photos[:_MOST_PICTURES], words, schema, purpose=purpose, tokens=self._room(longest, structured)
        )

    def questions(self) -> Request:
        """The request for three questions to whoever made the album."""
        telling = self.telling
        photos = tuple(photo.id for photo in self.album.photos)[: 2 * _MOST_PICTURES]
        words = self.prompts.render(
            "questions",
            photos=telling.photos(photos),
            notes=telling.notes,
            direct=bool(self.images),
            structured=self.structured,
        )
        schema = questions_schema() if self.structured else None
        return self._request(photos, words, schema, purpose="questions", tokens=600)

    def restored(self, said: Said) -> Said:
        """What the model said, with the names of people and the ids of facts that it was not given back in it."""
        telling = self.telling
        claims = (
            SaidClaim(telling.show(claim.words), claim.source, tuple(map(telling.meant, claim.facts)))
            for claim in said.claims
        )
        return replace(said, speaker=telling.show(said.speaker), text=telling.show(said.text), claims=tuple(claims))

    def _request(
        self, photos: Sequence[str], words: str, schema: Mapping[str, object] | None, *, purpose: str, tokens: int
    ) -> Request:
        sampling = Sampling(max_tokens=tokens, seed=self.brief.seed)
        pictures = [self.images[photo] for photo in photos if photo in self.images]
        if self.paper and purpose == "script":  # as SPoRC-VIST trains and asks: the photos, then the prompt, no more
            return Request((*pictures, words), sampling=replace(sampling, max_tokens=2048), purpose=purpose)
        named = [part for picture in pictures for part in (f"{picture.photo}\n", picture)]
        system = "" if self.paper else self.prompts.render("system")
        return Request((*named, words), system=system, sampling=sampling, schema=schema, purpose=purpose)

    def _room(self, words: int, structured: bool) -> int:
        """Tokens that an answer may have: at least what SPoRC-VIST gives, if the context has room for it."""
        wanted = min(8192, max(2048, (4 if structured else 2) * words + 300))
        return wanted if self.context is None else min(wanted, self.context // 3)

    def _hidden(self, turn: Turn, telling: Telling) -> Turn:
        return turn.model_copy(
            update={"text": telling.hide(turn.text), "speaker": telling.hide(turn.speaker), "claims": ()}
        )


def transcript(turns: Sequence[Turn]) -> str:
    """What has been said, a line a turn; of a very long conversation the beginning of each early turn."""
    total = sum(len(turn.text.split()) for turn in turns)
    lines, seen = [], 0
    for turn in turns:
        seen += len(turn.text.split())
        whole = total <= _SHORT_ENOUGH or total - seen <= _SHOWN_WHOLE
        text = turn.text if whole else " ".join([*turn.text.split()[:14], "…"])
        lines.append(f"{turn.speaker}: {text}")
    return "\n".join(lines)


def around(turns: Sequence[Turn], wanted: Mapping[str, str]) -> tuple[Turn, ...]:
    """The turns wanted and those near them."""
    at = [index for index, turn in enumerate(turns) if turn.id in wanted]
    return tuple(turn for index, turn in enumerate(turns) if any(abs(index - one) <= _AROUND for one in at))
