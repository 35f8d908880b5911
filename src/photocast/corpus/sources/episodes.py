"""An episode of SPoRC and its labelled turns to a `PodcastEpisode`; what is known of it before its turns are read."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from operator import attrgetter

from photocast.corpus.nouns import Dropped, Origin, PodcastEpisode
from photocast.corpus.sources.records import (
    UNAVAILABLE,
    EpisodeRecord,
    JoinedRecord,
    TurnRecord,
    as_flag,
    as_labels,
    as_names,
    as_number,
    as_text,
    whole_characters,
)
from photocast.corpus.sources.source import Facts
from photocast.corpus.sources.turns import put_together

NO_TURNS = "no_turns"
DUPLICATE_ID = "duplicate_id"

_categories = attrgetter(*(f"category{number}" for number in range(1, 11)))


def facts_of(record: EpisodeRecord, dataset: str) -> Facts:
    """What the record of an episode says about it."""
    main = _main_speakers(record)
    return Facts(
        origin=origin_of(record, dataset),
        seconds=_seconds(record),
        main_speakers=main,
        explicit=as_flag(record.explicit),
        diarized=_diarized(record, main),
    )


def origin_of(record: EpisodeRecord, dataset: str) -> Origin:
    """Where an episode comes from. Its ids are those of SPoRC 1.1, which are made of URLs and so fit 1.0 as well."""
    url = url_of(record)
    feed = as_text(record.rss_url) or as_text(record.pod_title)
    return Origin(
        episode=as_text(record.episode_id) or episode_id(url),
        podcast=as_text(record.podcast_id) or podcast_id(feed),
        dataset=dataset,
        title=as_text(record.ep_title),
        podcast_title=as_text(record.pod_title),
        url=url,
        language=as_text(record.language),
        licence=as_text(record.licence) or as_text(record.license),
        hosts=as_names(record.host_predicted_names),
        guests=as_names(record.guest_predicted_names),
        host_labels=as_labels(record.host_speaker_labels) or _labels_of_role(record, "host"),
        guest_labels=as_labels(record.guest_speaker_labels) or _labels_of_role(record, "guest"),
        categories=tuple(name for name in map(as_text, filter(None, _categories(record))) if name),
    )


def episode_of(
    record: EpisodeRecord, turns: Iterable[TurnRecord], dataset: str, mended: Mapping[str, int] = {}
) -> PodcastEpisode | Dropped:
    """The episode with its talk.

    Args:
        record: of the episode.
        turns: labelled turns, as they are in the source.
        dataset: name and version of the source.
        mended: what was wrong with turns that could not be read at all.
    """
    notes = Counter(mended)

    def note(what: str) -> None:
        notes[what] += 1

    facts = facts_of(record, dataset)
    talk, seconds = put_together(turns, facts.seconds, note)
    counts = dict(sorted(notes.items()))
    if not talk:
        detail = ", ".join(f"{number} {what}" for what, number in counts.items())
        return Dropped(facts.origin.episode, NO_TURNS, detail)
    return PodcastEpisode(
        origin=facts.origin,
        turns=talk,
        seconds=seconds,
        main_speakers=facts.main_speakers,
        explicit=facts.explicit,
        labels=sum(len(turn.sources) for turn in talk),
        mended=counts,
    )


def _labels_of_role(record: EpisodeRecord, role: str) -> tuple[str, ...]:
    """Labels of a role by the turns that a record brings along, for records that have no list of them."""
    turns = record.turns or [] if isinstance(record, JoinedRecord) else []
    labels = [as_names(turn.speaker)[:1] for turn in turns if turn.inferred_speaker_role == role]
    return tuple(sorted({label for first in labels for label in first}))


def url_of(record: EpisodeRecord) -> str:
    """The URL of the audio as it stands there; empty if there is none."""
    return whole_characters(record.mp3_url) if isinstance(record.mp3_url, str) else ""


def episode_id(url: str) -> str:
    """Of an episode by the URL of its audio, or by the name of its text."""
    return _md5(url)[:16]


def podcast_id(feed: str) -> str:
    """Of a podcast by the URL of its feed, or by its name."""
    return _md5(feed)[:12]


def _main_speakers(record: EpisodeRecord) -> int | None:
    """0 says as little as nothing does: episodes that nobody labelled have it in SPoRC 1.1."""
    stated = as_number(record.num_main_speakers)
    if stated is None:
        return len(as_names(record.main_ep_speakers)) or None
    return int(stated) or None


def _diarized(record: EpisodeRecord, main: int | None) -> bool:
    """Whether turns were told apart. What says nothing about speakers at all may still bring turns."""
    stated = (record.main_ep_speakers, record.num_main_speakers, record.host_speaker_labels)
    if UNAVAILABLE in [one for one in stated if isinstance(one, str)]:
        return False
    return main is not None or all(one is None for one in stated[:2])


def _seconds(record: EpisodeRecord) -> float | None:
    seconds = as_number(record.duration_seconds)
    return seconds if seconds and seconds > 0 else None


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest()
