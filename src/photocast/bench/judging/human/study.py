"""What raters are shown: pairs of transcripts about one album, its photos, and the questions."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from photocast.album import Album
from photocast.bench.judging.blinding import blinded
from photocast.bench.judging.criteria import GROUNDING, IDENTICAL, criteria
from photocast.bench.judging.pairs import Pair
from photocast.bench.judging.votes import Vote
from photocast.bench.transcripts import Transcript

CONSENT = """\
You are asked to compare transcripts of conversations about photos. There are no right answers: what counts is what \
you find.

Your answers are stored under a random code, with the time at which you gave them, and may be published. No name, no \
address and nothing else about you is stored. Do not write anything about yourself into the notes.

Taking part is voluntary. You may pause or stop at any time, without giving a reason. Whoever runs this study can \
delete all of your answers if you tell them your code."""

AUDIO = {".mp3": "audio/mpeg", ".wav": "audio/wav", ".m4a": "audio/mp4", ".opus": "audio/ogg"}
"""Kinds of recordings that browsers play, with their types."""

OVERALL = "overall"
"""The last question about a pair."""
_IDENTICAL = IDENTICAL.removeprefix(OVERALL)
"""Ends the names of criteria under which answers about identical pairs are kept, apart from all others."""


@dataclass(frozen=True, slots=True)
class Text:
    """A transcript as raters see it: without anything that tells the system."""

    lines: tuple[tuple[str, str], ...]
    """Speaker and words of every turn."""
    words: int
    """Spoken words."""
    audio: Path | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two transcripts about one item; for a control the same one twice."""

    item: str
    systems: tuple[str, str]
    texts: tuple[Text, Text]
    album: Album | None = None

    @property
    def is_control(self) -> bool:
        """Whether both sides are the same."""
        return self.systems[0] == self.systems[1]

    @property
    def criteria(self) -> tuple[str, ...]:
        """What is asked, in order, in the words that models are asked in; about photos only where there are some."""
        return tuple(name for name in criteria() if self.album or name != GROUNDING)

    @property
    def images(self) -> tuple[str, ...]:
        """SHA-256 of the photos that are shown."""
        return tuple(photo.sha256 for photo in self.album.photos) if self.album else ()

    @property
    def has_audio(self) -> bool:
        """Whether both can be heard: one alone would give its system away."""
        return all(text.audio for text in self.texts)

    def kept_as(self, criterion: str) -> str:
        """The criterion under which an answer goes into the votes."""
        return criterion + _IDENTICAL if self.is_control else criterion

    @property
    def key(self) -> str:
        """A name of this comparison that no other has."""
        return json.dumps([self.item, *self.systems])


@dataclass(frozen=True)
class Study:
    """All that can be compared, and how much of it each rater is asked.

    Args:
        comparisons: every pair of systems on every item that both have.
        controls: every transcript beside itself.
        consent: what raters agree to.
        per_rater: pairs for each rater; None for all of them.
        raters_per_pair: how many raters judge a pair; None for as many as come.
        controls_per_rater: identical pairs among those of each rater, on top of `per_rater`.
    """

    comparisons: tuple[Comparison, ...]
    controls: tuple[Comparison, ...] = ()
    consent: str = CONSENT
    per_rater: int | None = None
    raters_per_pair: int | None = None
    controls_per_rater: int = 0
    by_key: dict[str, Comparison] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {one.key: one for one in (*self.comparisons, *self.controls)})

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all that raters compare: votes on other texts or photos must not be mixed with these."""
        shown = [[one.item, one.systems, [text.lines for text in one.texts], one.images] for one in self.comparisons]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def study_of(
    pairs: Sequence[Pair],
    albums: Mapping[str, Album],
    *,
    audio: Path | None = None,
    consent: str = CONSENT,
    per_rater: int | None = None,
    raters_per_pair: int | None = None,
    controls_per_rater: int = 0,
) -> Study:
    """The study of some pairs, without anything that tells the systems.

    Args:
        pairs: as `pair_up` finds them.
        albums: photos by item; an item without any is judged by its words alone.
        audio: folder with recordings, as `find_audio` looks for them.
        consent: what raters agree to.
        per_rater: pairs for each rater; None for all of them.
        raters_per_pair: how many raters judge a pair; None for as many as come.
        controls_per_rater: identical pairs among those of each rater, on top of `per_rater`.
    """
    texts: dict[tuple[str, str], Text] = {}
    for pair in pairs:
        for system, one in zip(pair.systems, (pair.first, pair.second), strict=True):
            if (system, pair.item) not in texts:
                texts[system, pair.item] = _text(one, find_audio(system, pair.item, audio, one.file))
    comparisons = tuple(
        Comparison(
            pair.item,
            pair.systems,
            (texts[pair.systems[0], pair.item], texts[pair.systems[1], pair.item]),
            albums.get(pair.item),
        )
        for pair in pairs
    )
    controls = tuple(
        Comparison(item, (system, system), (text, text), albums.get(item)) for (system, item), text in texts.items()
    )
    return Study(comparisons, controls, consent, per_rater, raters_per_pair, controls_per_rater)


def asked_as(vote: Vote) -> str:
    """The criterion that a rater was asked about: the inverse of `Comparison.kept_as`."""
    return vote.criterion.removesuffix(_IDENTICAL)


def find_audio(system: str, item: str, folder: Path | None, transcript: Path) -> Path | None:
    """The recording of a transcript; None if there is none.

    It is `<folder>/<system>/<item>.<kind>`, or lies beside the transcript under its name, or is called
    `audio.<kind>` in the item's own folder.
    """
    places = [folder / system / item] if folder else []
    places.append(transcript.with_suffix(""))
    if transcript.parent.name == item:
        places.append(transcript.with_name("audio"))
    found = (place.with_name(place.name + suffix) for place in places for suffix in AUDIO)
    return next((file for file in found if file.is_file()), None)


def _text(transcript: Transcript, audio: Path | None) -> Text:
    told = blinded(transcript.script)
    lines = [line.partition(": ") for line in told.text.split("\n")]
    return Text(tuple((speaker, said) for speaker, _, said in lines), told.words, audio)
