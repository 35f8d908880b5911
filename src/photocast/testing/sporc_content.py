"""Made-up episodes with the columns, the values and the traps of SPoRC, by a seed; what was planted is counted."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from photocast.testing.podcast_talk import TOPICS, Flaws, Talker

Record = dict[str, Any]

_UNAVAILABLE = "SPEAKER_DATA_UNAVAILABLE"
_ACOUSTICS = (
    *(f"mfcc{number}_sma3Mean" for number in range(1, 5)),
    "F0semitoneFrom27.5Hz_sma3nzMean",
    "F1frequency_sma3nzMean",
)
_SECONDS_A_WORD = 0.38
EPISODES_A_PODCAST = 5
_SPEAKERS = (35, 30, 18, 10, 7)
"""How many of a hundred episodes have one speaker, two, and so on."""
_FAR = 400_000.0
"""Seconds: beyond the end of any episode."""

TURN_TRAPS = {
    "empty_turn": 0.0016,
    "reversed_times": 0.0022,
    "no_speaker": 0.003,
    "clock_skew": 0.0005,
    "line_break": 0.0005,
    "duplicate_turn": 0.0005,
    "speaker_is_text": 0.01,
    "speaker_is_json": 0.002,
    "music": 0.003,
}
"""Shares of turns, at most one trap in each. Those that a reader mends have the name under which it notes them."""
EPISODE_TRAPS = {
    "numbers_not_in_order": 0.037,
    "no_turns": 0.003,
    "wrong_duration": 0.004,
    "duplicate_id": 0.003,
    "flag_is_text": 0.01,
    "number_is_text": 0.01,
    "not_a_number": 0.003,
}
"""Shares of episodes, at most one trap in each."""


@dataclass
class Manifest:
    """What was planted.

    Attributes:
        episodes: records written, copies included.
        turns: of all episodes together, as written.
        raw_bytes: of all lines, before compression.
        traps: how many of each kind there are.
        flawed: ids of episodes with bad talk, by the name of the flaw.
        spoilt_lines: how many lines of JSON are none or incomplete, by kind.
    """

    episodes: int = 0
    turns: int = 0
    raw_bytes: int = 0
    traps: Counter[str] = field(default_factory=Counter)
    flawed: dict[str, list[str]] = field(default_factory=dict)
    spoilt_lines: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Content:
    """What to make up.

    Attributes:
        episodes: how many, without copies.
        seed: of everything.
        traps: whether to plant those of SPoRC.
        diarized: share of episodes with turns: a third in SPoRC 1.0, two thirds in 1.1.
        turns: of an episode, on average; 160 give transcripts of 35 kB, as in SPoRC.
        flaws: bad talk.
    """

    episodes: int
    seed: int = 0
    traps: bool = True
    diarized: float = 0.4
    turns: int = 160
    flaws: Flaws = field(default_factory=Flaws)

    def records(self, manifest: Manifest) -> Iterator[tuple[Record, list[Record]]]:
        """Episodes as SPoRC 1.0 has them, each with its turns; the manifest is filled on the way."""
        chance = random.Random(f"sporc {self.seed}")
        maker = _Maker(self, chance, manifest)
        for number in range(self.episodes):
            yield from maker.episode(number)


class _Maker:
    def __init__(self, content: Content, chance: random.Random, manifest: Manifest) -> None:
        self._content, self._random, self._manifest = content, chance, manifest
        self._talker = Talker(content.seed, content.episodes)
        self._before: tuple[str, list[str]] = ("market", [])

    def episode(self, number: int) -> Iterator[tuple[Record, list[Record]]]:
        trap = self._trap(EPISODE_TRAPS)
        flaw = self._flaw()
        texts, topic = self._texts(flaw)
        (speakers,) = self._random.choices(range(1, 6), _SPEAKERS)
        order = self._talker.speakers(len(texts), speakers, monologue=flaw == "monologues")
        record = self._record(number, topic, texts, order)
        turns: list[Record] = []
        if self._random.random() < self._content.diarized:
            self._name_speakers(record, order)
            turns = self._turns(record, texts, order) if trap != "no_turns" else []
        else:
            trap = trap if trap == "duplicate_id" else None
        if flaw:
            self._manifest.flawed.setdefault(flaw, []).append(record["mp3url"])
        if trap:
            self._plant(trap, record, turns)
        self._manifest.episodes += 1
        self._manifest.turns += len(turns)
        yield record, turns
        if trap == "duplicate_id":
            self._manifest.episodes += 1
            yield dict(record, epTitle=record["epTitle"] + " (again)"), []

    def _texts(self, flaw: str | None) -> tuple[list[str], str]:
        if flaw == "near_duplicates":
            topic, texts = self._before
        else:
            topic = self._random.choice(TOPICS)
            few = max(2, self._content.turns // 4)
            texts = self._talker.said(topic, self._random.randint(few, 2 * self._content.turns - few))
        self._before = topic, list(texts)
        return (self._talker.spoilt(texts, flaw, topic) if flaw else texts), topic

    def _flaw(self) -> str | None:
        """At most one: shares of one episode are laid side by side."""
        place = self._random.random()
        for name in Flaws.__dataclass_fields__:
            place -= getattr(self._content.flaws, name)
            if place < 0:
                return name if name != "near_duplicates" or self._before[1] else None
        return None

    def _trap(self, shares: dict[str, float]) -> str | None:
        place = self._random.random()
        if not self._content.traps or place > 0.2:
            return None
        for name, share in shares.items():
            place -= share
            if place < 0:
                return name
        return None

    def _record(self, number: int, topic: str, texts: list[str], order: list[int]) -> Record:
        """The keys stand in the order in which SPoRC has them: the transcript first."""
        podcast = number // EPISODES_A_PODCAST
        host, guest = self._talker.name(), self._talker.name()
        date = str(1_588_291_200_000 + self._random.randrange(5_270_400) * 1000)
        return {
            "transcript": " " + " ".join(texts),
            "rssUrl": f"https://feeds.example.org/{self._content.seed}/show-{podcast}/rss?format=xml&all=1",
            "epTitle": f"{host} and {guest} on the {topic}, part {number % EPISODES_A_PODCAST + 1}",
            "epDescription": f"<p>{texts[0]} {texts[-1]}</p>",
            "mp3url": f"https://audio.example.org/{self._content.seed}/show-{podcast}/episode {number}.mp3?a=1&b=ü",
            "podTitle": f"The {topic.title()} Hour {podcast}",
            "lastUpdate": date,
            "itunesAuthor": host,
            "itunesOwnerName": host,
            "explicit": int(self._random.random() < 0.1),
            "imageUrl": f"https://img.example.org/{podcast}.jpg",
            "language": "en",
            "createdOn": date,
            "host": "example.org",
            "podDescription": f"{host} talks about the {topic}.",
            **{f"category{at}": None for at in range(1, 11)},
            "category1": topic,
            "category2": "society" if number % 3 else None,
            "oldestEpisodeDate": date,
            "episodeDateLocalized": date,
            "durationSeconds": round(_SECONDS_A_WORD * sum(text.count(" ") + 1 for text in texts) * 1.1 + 20, 2),
            "hostPredictedNames": [host] if number % 4 else "NO_HOST_PREDICTED",
            "numUniqueHosts": int(bool(number % 4)),
            "guestPredictedNames": [guest] if number % 2 else "NO_GUEST_PREDICTED",
            "numUniqueGuests": number % 2,
            "neitherPredictedNames": "NO_NEITHER_IDENTIFIED",
            "numUniqueNeithers": 0,
            "mainEpSpeakers": _UNAVAILABLE,
            "numMainSpeakers": None,
            "hostSpeakerLabels": _UNAVAILABLE,
            "guestSpeakerLabels": _UNAVAILABLE,
            "overlapPropTurnCount": None,
            "avgTurnDuration": None,
            "overlapPropDuration": None,
            "totalSpLabels": None,
        }

    def _name_speakers(self, record: Record, order: list[int]) -> None:
        share = Counter(order)
        main = [_label(one) for one in sorted(share) if share[one] > 0.05 * len(order)]
        hosts, guests = record["hostPredictedNames"], record["guestPredictedNames"]
        record["mainEpSpeakers"] = main
        record["numMainSpeakers"] = len(main)
        record["hostSpeakerLabels"] = {hosts[0]: main[0]} if isinstance(hosts, list) else {}
        attributed = isinstance(guests, list) and isinstance(hosts, list) and len(main) == 2
        record["guestSpeakerLabels"] = {guests[0]: main[1]} if attributed else {}
        record["totalSpLabels"] = len(share)
        record["overlapPropTurnCount"], record["overlapPropDuration"] = 0.45, 0.08
        record["avgTurnDuration"] = record["durationSeconds"] / len(order)

    def _turns(self, record: Record, texts: list[str], order: list[int]) -> list[Record]:
        chance = self._random.random
        roles = {label: ("host", name) for name, label in record["hostSpeakerLabels"].items()}
        roles |= {label: ("guest", name) for name, label in record["guestSpeakerLabels"].items()}
        turns: list[Record] = []
        clock = 0.5
        for at, (text, speaker) in enumerate(zip(texts, order, strict=True)):
            labels = [_label(speaker)]
            if chance() < 0.45 and len(set(order)) > 1:
                labels.append(_label((speaker + 1) % len(set(order))))
            seconds = 0.2 + _SECONDS_A_WORD * (text.count(" ") + 1)
            role, name = roles.get(labels[0], ("NO_INFERRED_ROLE", "NO_INFERRED_SPEAKER"))
            turn: Record = {
                "mp3url": record["mp3url"],
                "speaker": labels,
                "turnText": f" {text}",
                "startTime": round(clock, 3),
                "endTime": round(clock + seconds, 3),
                "duration": round(seconds, 3),
                "turnCount": at,
                "inferredSpeakerRole": role if chance() < 0.1 else "NO_INFERRED_ROLE",
                "inferredSpeakerName": name if chance() < 0.1 else "NO_INFERRED_SPEAKER",
            }
            for acoustic in _ACOUSTICS:
                turn[acoustic] = chance() * 40 - 20
            clock += seconds
            turns.append(turn)
            if trap := self._trap(TURN_TRAPS):
                self._spoil(trap, turn, turns)
        return turns

    def _spoil(self, trap: str, turn: Record, turns: list[Record]) -> None:
        """Plant a trap in the last turn."""
        self._manifest.traps[trap] += 1
        if trap == "empty_turn":
            turn["turnText"] = self._random.choice(["", " ", None])
        elif trap == "reversed_times":
            turn["endTime"] = turn["startTime"] - self._random.choice([0, 1.5])
        elif trap == "no_speaker":
            turn["speaker"] = []
        elif trap == "clock_skew":
            turn["startTime"] = self._random.choice([-3.25, _FAR])
            turn["endTime"] = turn["startTime"] + turn["duration"]
        elif trap == "line_break":
            turn["turnText"] = turn["turnText"].strip() + "\nand on."
        elif trap == "duplicate_turn":
            turns.append(dict(turn))
        elif trap == "speaker_is_text":
            turn["speaker"] = turn["speaker"][0]
        elif trap == "speaker_is_json":
            turn["speaker"] = "[" + ", ".join(f'"{label}"' for label in turn["speaker"]) + "]"
        elif trap == "music":
            turn["turnText"] = " [Music]"

    def _plant(self, trap: str, record: Record, turns: list[Record]) -> None:
        """Plant a trap in an episode."""
        self._manifest.traps[trap] += 1
        if trap == "numbers_not_in_order":
            numbers = [turn["turnCount"] for turn in turns]
            for turn in turns:
                turn["turnCount"] = numbers[-1] - turn["turnCount"]
        elif trap == "wrong_duration":
            record["durationSeconds"] = 0.5
        elif trap == "flag_is_text":
            record["explicit"] = "true" if record["explicit"] else "false"
        elif trap == "number_is_text":
            record["numMainSpeakers"] = str(record["numMainSpeakers"])
        elif trap == "not_a_number":
            record["durationSeconds"] = float("nan")
        if trap in ("wrong_duration", "not_a_number"):
            for turn in turns:
                turn["startTime"] = -3.25 if turn["startTime"] == _FAR else turn["startTime"]


def _label(speaker: int) -> str:
    return f"SPEAKER_{speaker:02}"
