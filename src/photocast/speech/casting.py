"""Who has which voice."""

from collections.abc import Mapping, Sequence

from photocast.models.speech import Voice
from photocast.schema import Script, UsageError


def cast(
    script: Script, voices: Sequence[Voice], wishes: Mapping[str, str] | None = None, *, unlisted: bool = False
) -> dict[str, str]:
    """A voice for every speaker: as wished, else as the script says, else the first that nobody has.

    With more speakers than voices, voices are given twice, in order.

    Args:
        script: its speakers are cast.
        voices: of the engine, the most different ones first.
        wishes: voices by the name of the speaker.
        unlisted: whether the engine takes voices that it does not list.

    Returns:
        Ids of voices by name.

    Raises:
        UsageError: a wish names a speaker or a voice that is not there, or the engine lists none and none is wished.
    """
    wishes, known = dict(wishes or {}), [voice.id for voice in voices]
    names = [speaker.name for speaker in script.speakers]
    for name, voice in wishes.items():
        if name not in names:
            raise UsageError(f"nobody here is called {name!r}", f"the speakers are {', '.join(names)}", "Name one")
        if voice not in known and not unlisted:
            raise UsageError(f"there is no voice {voice!r}", f"there are {', '.join(known)}", "See photocast voices")
    given = {speaker.name: speaker.voice for speaker in script.speakers if speaker.voice in known} | wishes
    if not known and (silent := [name for name in names if name not in given]):
        why, do = "the engine does not list its voices", f"Name one with --voice '{silent[0]}=ENGINE:VOICE'"
        raise UsageError(f"{silent[0]} has no voice", why, do)
    for name in names:
        if name not in given:
            given[name] = next_free(known, given)
    return {name: voice for name in names if (voice := given[name])}


def next_free(known: Sequence[str], given: Mapping[str, str]) -> str:
    """The first voice that nobody has; the one that fewest have when all are taken."""
    taken = list(given.values())
    return min(known, key=taken.count)
