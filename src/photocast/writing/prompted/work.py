"""What a model is asked to write, as requests."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import Any

from photocast.models import Image, Request, Sampling
from photocast.prompts import Prompts, Telling, questions_schema, script_schema, turns_schema
from photocast.prompts.instruction import span
from photocast.schema import AlbumRecord, Brief, FactSheet, Host, Permission, Script, Turn, Way
from photocast.schema.delivery import MANNERS, SOUNDS
from photocast.writing.cast import cast
from photocast.writing.prompted.parts import Part

_SHORT_ENOUGH = 2500
"""Words of a conversation that the next part is shown whole; of a longer one the beginning is shown in short."""
_SHOWN_WHOLE = 800
_SHOWN_OF_A_TURN = 10
_TELLS_NOTHING = 5
"""Words up to which an early turn is left out of what is shown in short."""
_AROUND = 8
"""Turns before and after that are shown with turns to be written anew."""
_MOST_PICTURES = 8
"""Photos that are sent along with turns to be written anew; with questions twice as many."""
_LEAST_TOKENS, _MOST_TOKENS = 2048, 8192
"""For an answer; the former is what SPoRC-VIST (arXiv:2601.01062) gives to every one."""
_PHOTO = re.compile(r"\bp\d{2,3}\b")


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

    @property
    def delivery(self) -> bool:
        """Whether the model is to write how turns are said; SPoRC-VIST forbids directions."""
        return self.brief.delivery and not self.paper

    @cached_property
    def telling(self) -> Telling:
        """What the model may know."""
        return Telling(self.album, self.facts, self.brief, allow=self.allow, pixels=bool(self.images))

    @cached_property
    def photos(self) -> tuple[str, ...]:
        """Ids of all photos, in order."""
        return tuple(photo.id for photo in self.album.photos)

    @cached_property
    def hosts(self) -> tuple[Host, ...]:
        """Who talks: those the brief names, and others with a character of their own."""
        if self.paper and not self.brief.cast:
            return tuple(Host(name=f"Speaker {number}") for number in range(1, self.brief.hosts + 1))
        members = cast(self.brief, Random(f"{self.brief.seed} {self.album.title}"))
        return tuple(Host(name=one.name, character=one.character) for one in members)

    @cached_property
    def told_hosts(self) -> Mapping[str, str]:
        """Names of the hosts by those that the model knows; `Host 1` is one called like somebody in the photos."""
        hide = self.telling.hide
        numbered = enumerate((host.name for host in self.hosts), start=1)
        return {name if hide(name) == name else f"Host {number}": name for number, name in numbered}

    def part(self, part: Part, said: Sequence[Turn], later: Sequence[str], locked: Sequence[Turn]) -> Request:
        """The request for a part of the conversation.

        Args:
            part: which photos, how many words.
            said: the turns so far.
            later: photos of parts to come.
            locked: turns that stay and are put back afterwards.
        """
        structured = self.structured and not self.paper
        words = self.prompts.render(
            "paper" if self.paper else "script",
            part={"number": part.number, "of": part.of, "photos": list(part.photos), "words": self._length(part)},
            style="" if self.paper else self.prompts.style(self.brief.style),
            playful=self.brief.playful,
            disclosure=self.brief.disclosure,
            later=", ".join(later),
            said=self._transcript(said),
            locked=[self._shown(turn) for turn in locked],
            structured=structured,
            **self._known(part.photos),
        )
        words = self._with_delivery(words, structured)
        schema = script_schema(list(self.told_hosts), part.photos, delivery=self.delivery) if structured else None
        room = self._room(_LEAST_TOKENS if self.paper else _tokens(part.words, structured))
        return self._request(part.photos, words, schema, purpose="script", tokens=room)

    def _length(self, part: Part) -> int | str:
        """The words asked for; in the style `paper` the range that models are trained to follow."""
        return span(part.words) if self.paper else part.words

    def again(self, request: Request, complaint: str) -> Request:
        """The same request once more, with what was wrong with the answer."""
        parts = (*request.parts, f"\n\nAn earlier answer to this could not be used: {complaint}. Write it as asked.")
        seed = None if request.sampling.seed is None else request.sampling.seed + 1
        return replace(request, parts=parts, sampling=replace(request.sampling, seed=seed), purpose="repair")

    def turns(self, script: Script, wanted: Mapping[str, str], purpose: str) -> Request:
        """The request to write some turns anew, each for the reason given."""
        structured = self.structured and not self.paper
        photos = self._photos_of(script, wanted)
        speakers = {turn.id: self._shown(turn)["speaker"] for turn in script.turns}
        words = self.prompts.render(
            "turns",
            stretches=[[self._shown(turn) for turn in one] for one in stretches(script.turns, wanted)],
            whole=len(script.turns),
            wanted=[
                {"id": one, "speaker": speakers[one], "why": self.telling.hide(why)} for one, why in wanted.items()
            ],
            structured=structured,
            paper=self.paper,
            **self._known(photos),
        )
        words, names = self._with_delivery(words, structured), sorted(set(speakers.values()))
        schema = turns_schema(list(wanted), names, photos, delivery=self.delivery) if structured else None
        longest = sum(len(turn.text.split()) for turn in script.turns if turn.id in wanted)
        return self._request(photos, words, schema, purpose=purpose, tokens=self._room(_tokens(longest, structured)))

    def questions(self) -> Request:
        """The request for three questions to whoever made the album."""
        photos = self.photos[: 2 * _MOST_PICTURES]
        words = self.prompts.render("questions", structured=self.structured, **self._known(photos))
        schema = questions_schema() if self.structured else None
        return self._request(photos, words, schema, purpose="questions", tokens=600)

    def _known(self, photos: Sequence[str]) -> dict[str, Any]:
        """What every prompt is told, as plain values: a template that comes from elsewhere can call nothing on them."""
        characters = {host.name: host.character for host in self.hosts}
        return {
            "hosts": [
                {"name": told, "character": self.telling.hide(characters[name] or "")}
                for told, name in self.told_hosts.items()
            ],
            "photos": [_plain(one) for one in self.telling.photos(photos)],
            "notes": [{"id": fact.id, "words": fact.words} for fact in self.telling.notes],
            "title": self.telling.title or "",
            "stand_ins": list(self.telling.stand_ins),
            "direct": bool(self.images),
            "language": self.brief.language,
        }

    def _with_delivery(self, words: str, structured: bool) -> str:
        """The question, and behind it how the delivery is written, if that is wanted."""
        if not self.delivery:
            return words
        hosts = [{"name": told} for told in self.told_hosts]
        asked = {"structured": structured, "hosts": hosts, "manners": list(MANNERS), "sounds": list(SOUNDS)}
        return f"{words}\n\n{self.prompts.render('delivery', **asked)}"

    def _photos_of(self, script: Script, wanted: Mapping[str, str]) -> tuple[str, ...]:
        """The photos that the turns to be written anew are about, and those that they are to bring in."""
        named = [photo for why in wanted.values() for photo in _PHOTO.findall(why) if photo in self.photos]
        about = [photo for turn in script.turns if turn.id in wanted for photo in turn.photos]
        return tuple(dict.fromkeys((*named, *about)))[:_MOST_PICTURES]

    def _shown(self, turn: Turn) -> dict[str, Any]:
        speaker = self._told_name.get(turn.speaker) or self.telling.hide(turn.speaker)
        return {"id": turn.id, "speaker": speaker, "text": self.telling.hide(turn.text), "photos": list(turn.photos)}

    @cached_property
    def _told_name(self) -> Mapping[str, str]:
        return {name: told for told, name in self.told_hosts.items()}

    def _transcript(self, turns: Sequence[Turn]) -> str:
        return "\n".join(f"{turn['speaker']}: {turn['text']}" for turn in map(self._shown, in_short(turns)))

    def _room(self, tokens: int) -> int:
        """Tokens that an answer may have: a third of the context at most, so that there is room for the question."""
        return tokens if self.context is None else min(tokens, self.context // 3)

    def _request(
        self, photos: Sequence[str], words: str, schema: Mapping[str, object] | None, *, purpose: str, tokens: int
    ) -> Request:
        sampling = Sampling(max_tokens=tokens, seed=self.brief.seed)
        pictures = [self.images[photo] for photo in photos if photo in self.images]
        if self.paper and purpose == "script":  # as SPoRC-VIST trains and asks: the photos, then the prompt, no more
            return Request((*pictures, words), sampling=sampling, purpose=purpose)
        named = [part for picture in pictures for part in (f"{picture.photo}\n", picture)]
        system = "" if self.paper or purpose == "questions" else self.prompts.render("system")
        return Request((*named, words), system=system, sampling=sampling, schema=schema, purpose=purpose)


def in_short(turns: Sequence[Turn]) -> list[Turn]:
    """What has been said, as the next part is shown it: of a very long conversation only how its early turns begin."""
    left = sum(len(turn.text.split()) for turn in turns)
    is_long = left > _SHORT_ENOUGH
    shown = []
    for turn in turns:
        words = turn.text.split()
        left -= len(words)
        if is_long and left > _SHOWN_WHOLE:
            if len(words) > _TELLS_NOTHING:
                text = " ".join([*words[:_SHOWN_OF_A_TURN], *(["…"] if len(words) > _SHOWN_OF_A_TURN else [])])
                shown.append(turn.model_copy(update={"text": text, "claims": ()}))
        else:
            shown.append(turn)
    return shown


def stretches(turns: Sequence[Turn], wanted: Mapping[str, str]) -> list[list[Turn]]:
    """The turns wanted and those near them, in as many pieces as lie apart."""
    at = [index for index, turn in enumerate(turns) if turn.id in wanted]
    near = [index for index in range(len(turns)) if any(abs(index - one) <= _AROUND for one in at)]
    pieces: list[list[Turn]] = []
    for before, index in zip([None, *near], near, strict=False):
        if before is None or index > before + 1:
            pieces.append([])
        pieces[-1].append(turns[index])
    return pieces


def _plain(photo: Any) -> dict[str, Any]:
    return {"id": photo.id, "facts": [{"id": fact.id, "words": fact.words} for fact in photo.facts]}


def _tokens(words: int, structured: bool) -> int:
    """Tokens that an answer of so many words may need."""
    return min(_MOST_TOKENS, max(_LEAST_TOKENS, (4 if structured else 2) * words + 300))
