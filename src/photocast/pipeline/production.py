"""What becomes of an episode once it is written: it is spoken, filmed, and listed with the others."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from photocast.models.speech import default_engine, silenced
from photocast.pipeline.feed import MadeFeed, renew_feed
from photocast.pipeline.film import FilmedEpisode, film_episode
from photocast.pipeline.front import Stages, nobody
from photocast.pipeline.leaving import Approve
from photocast.pipeline.site import MadeSite, renew_site
from photocast.pipeline.speech import SPEAKING, SpeechWishes, SpokenEpisode, speak_episode
from photocast.schema import PhotocastError, UsageError

if TYPE_CHECKING:
    from photocast.pipeline.aloud import Aloud

Made = TypeVar("Made", MadeFeed, MadeSite)
_NO_VOICE = "it was not spoken: there is no voice on this machine; pip install 'photocast[speech]' brings four"
_NO_PROGRAM = (
    "it was not spoken: espeak-ng is a program, and --local starts none; pip install 'photocast[speech]' brings voices"
)
_NOT_AGREED = "it was not spoken, for you did not agree; photocast speak does that later"
_LOCAL_FEED = "http://localhost:8000/"
"""Where a feed is found by whoever has not said where: `python -m http.server` serves a folder there."""


@dataclass(frozen=True)
class SpeechPlan:
    """Whether an episode will be spoken, by whom, and whether that is heard at once."""

    wishes: SpeechWishes | None
    """None: it will not."""
    why_not: str = ""
    """A sentence for the user; empty when silence was asked for."""
    aloud: bool = False
    """Whether the turns are played on this machine as soon as they are spoken."""
    film: bool = True
    """Whether it is filmed then."""
    begun: "Aloud | None" = None
    """What has been speaking since the first turn was written."""


@dataclass(frozen=True)
class Produced:
    """What was made of an episode beyond its script and its page."""

    spoken: SpokenEpisode | None = None
    filmed: FilmedEpisode | None = None
    feed: MadeFeed | None = None
    site: MadeSite | None = None
    notes: tuple[str, ...] = ()
    """What the user should know, a sentence each."""


def plan_speech(wishes: SpeechWishes, *, audio: bool, aloud: bool, film: bool = True) -> SpeechPlan:
    """Whether an episode can be spoken as wished, before it is written.

    Args:
        wishes: engine, voices and so on.
        audio: whether audio is wanted.
        aloud: whether it is to be played at once.
        film: whether a film is wanted.

    Raises:
        UsageError: two of the wishes exclude each other.
    """
    if aloud and not audio:
        raise UsageError("--stream and --no-audio exclude each other", "one is heard, the other is not", "Drop one")
    if aloud and wishes.local:
        why = "sound is played by another program, and --local starts none"
        raise UsageError("--stream and --local exclude each other", why, "Leave one out, and play episode.mp3 later")
    if not audio:
        return SpeechPlan(None)
    engine = wishes.engine or default_engine()
    if engine is None:
        return SpeechPlan(None, "" if silenced() else _NO_VOICE)
    if engine == "espeak" and wishes.local and not wishes.engine:
        return SpeechPlan(None, _NO_PROGRAM)
    return SpeechPlan(replace(wishes, engine=engine), aloud=aloud, film=film)


def produce(
    folder: Path,
    plan: SpeechPlan,
    *,
    series: Path | None = None,
    approve: Approve = lambda leaving: True,
    stages: Stages = nobody,
) -> Produced:
    """Make all there is to hear and to hand on of an episode.

    Args:
        folder: the episode.
        plan: how it is spoken.
        series: the folder around it, if that is photocast's own: its feed and its page are written anew.
        approve: asked before words leave this machine.
        stages: hears of progress.

    Raises:
        InputError: the folder cannot be written to.
        UsageError: there is no such engine, speaker or voice.
        ConfigError: the certificate to sign with cannot be used.
        ModelError: a turn cannot be spoken.
    """
    if plan.wishes is None:
        return Produced(notes=(plan.why_not,) if plan.why_not else ())
    spoken = _spoken(folder, plan.wishes, plan.begun, approve, stages)
    if spoken is None:
        return Produced(notes=(_NOT_AGREED,))
    filmed = film_episode(folder, sign=plan.wishes.marks, stages=stages) if plan.film else None
    if series is None:
        return Produced(spoken, filmed)
    feed, no_feed = _listed("the feed", lambda: renew_feed(series, link=_LOCAL_FEED))
    site, no_site = _listed("the page of all episodes", lambda: renew_site(series))
    return Produced(spoken, filmed, feed, site, no_feed + no_site)


def _spoken(
    folder: Path, wishes: SpeechWishes, begun: "Aloud | None", approve: Approve, stages: Stages
) -> SpokenEpisode | None:
    if begun is None:
        return speak_episode(folder, wishes, approve=approve, stages=stages)
    begun.finish(stages)

    def told_once(stage: str, done: int, total: int) -> None:
        if stage != SPEAKING:
            stages(stage, done, total)

    done = speak_episode(folder, replace(wishes, voices=begun.voices), approve=approve, stages=told_once)
    return replace(done, made=done.made + begun.made) if done else None


def _listed(what: str, write: Callable[[], Made]) -> tuple[Made | None, tuple[str, ...]]:
    """What lists the episodes of the series; that there is none is no reason to call the episode a failure."""
    try:
        return write(), ()
    except PhotocastError as error:
        return None, (f"{what} was not written: {error.what}, for {error.why}",)
