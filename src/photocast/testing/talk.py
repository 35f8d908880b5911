"""Talk of podcasts for tests, from lines such as `A: Look at that`."""

from hashlib import md5
from typing import Any

import msgspec

from photocast.corpus.nouns import (
    Excerpt,
    Origin,
    PodcastEpisode,
    Utterance,
    Verdict,
    Window,
    count_words,
    cut,
)


def episode_of(*lines: str, **origin: Any) -> PodcastEpisode:
    """An episode with a turn a line, the speaker before a colon; `origin` changes where it is from."""
    said = (line.split(": ", 1) for line in lines)
    turns = tuple(Utterance(speaker, text) for speaker, text in said)
    known = Origin("0123456789abcdef", "0123456789ab", "transcripts")
    return PodcastEpisode(msgspec.structs.replace(known, **origin), turns)


def window_of(*lines: str, before: tuple[str, ...] = (), **origin: Any) -> Window:
    """A window of these lines, in an episode in which some others come before and one comes after them."""
    episode = episode_of(*before, *lines, "Z: And that was that.", **origin)
    return window_in(episode, len(before), len(before) + len(lines) - 1)


def window_in(episode: PodcastEpisode, first: int, last: int, richness: float = 0.1) -> Window:
    """These turns of an episode as a window."""
    turns = episode.turns[first : last + 1]
    return Window(
        id=f"{episode.id}-{first}-{last}",
        origin=episode.origin,
        episode_sha256=episode.text_sha256,
        place=cut(episode, first, last),
        turns=turns,
        words=count_words(turns),
        richness=richness,
    )


def excerpt_of(*lines: str, before: tuple[str, ...] = (), **origin: Any) -> Excerpt:
    """An excerpt that is a whole window."""
    return excerpt_from(window_of(*lines, before=before, **origin))


def excerpt_from(window: Window, *, marked_in: str = "", model: str = "scripted:test") -> Excerpt:
    """A whole window as an excerpt; `marked_in` is the id of another window that it is said to be of."""
    stretch = {name: getattr(window, name) for name in Window.__struct_fields__}
    return Excerpt(
        **stretch,
        window=marked_in or window.id,
        model=model,
        prompts="1",
        safety=Verdict(True),
        quality=Verdict(True),
    )


def episode_of_record(record: dict[str, Any]) -> PodcastEpisode:
    """An episode from a record of SPoRC's fields with its turns inside, whose turns say who is a host."""
    turns: list[Utterance] = []
    roles: dict[str, list[str]] = {"host": [], "guest": []}
    for number, turn in enumerate(record["turns"]):
        label, text = turn["speaker"][0], " ".join(turn["turnText"].split())
        roles.get(turn["inferredSpeakerRole"], []).append(label)
        if turns and turns[-1].speaker == label:
            text, before = f"{turns[-1].text} {text}", turns.pop().sources
            turns.append(Utterance(label, text, sources=(*before, number)))
        elif text:
            turns.append(Utterance(label, text, sources=(number,)))
    hosts, guests = (tuple(dict.fromkeys(roles[role])) for role in ("host", "guest"))
    origin = Origin(
        episode=md5(str(record["mp3url"]).encode()).hexdigest()[:16],
        podcast=str(record["podTitle"]),
        dataset="transcripts",
        title=str(record["epTitle"]),
        host_labels=hosts,
        guest_labels=guests,
    )
    return PodcastEpisode(origin, tuple(turns), main_speakers=len(record["mainEpSpeakers"]))
