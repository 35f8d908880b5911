"""Rules that need facts only, so that most episodes are dropped before their talk is read."""

from photocast.corpus.rules.rule import Broken, Judged, Number, Rate
from photocast.corpus.sources.source import Facts

_SPELLED = ("no", "one", "two", "three", "four", "five", "six")


def diarized(facts: Facts) -> Judged:
    """Somebody has told the speakers apart. Of SPoRC 1.0 that is a third of the episodes.

    Needs: facts. Reason: `not_diarized`.
    """
    return None if facts.diarized else Broken("not_diarized")


def main_speakers(facts: Facts, *, number: Number = 2) -> Judged:
    """The source counts so many main speakers: in SPoRC, those with more than 5 % of the time.

    Holds where the source counts none; `main_voices` counts words there.

    Needs: facts. Reason: `not_two_main_speakers`, or another number in words.
    """
    return None if facts.main_speakers is None else wrong_number(facts.main_speakers, number=number)


def wrong_number(found: int, *, number: int) -> Judged:
    """What `main_speakers` says of an episode with `found` of them, whatever else it is."""
    if found == number:
        return None
    spelled = _SPELLED[number] if number < len(_SPELLED) else str(number)
    return Broken(f"not_{spelled}_main_speakers", f"{found} main speakers")


def roles(facts: Facts) -> Judged:
    """The source says which labels are hosts' and which are guests', and no label is both.

    Needs: facts. Reasons: `no_host_identified`, `no_guest_identified`, `host_is_guest`.
    """
    origin = facts.origin
    if not origin.host_labels:
        return Broken("no_host_identified")
    if not origin.guest_labels:
        return Broken("no_guest_identified")
    if both := set(origin.host_labels) & set(origin.guest_labels):
        return Broken("host_is_guest", ", ".join(sorted(both)))
    return None


def stated_language(facts: Facts, *, languages: tuple[str, ...] = ("en",)) -> Judged:
    """The source states one of the languages, or none; of `en-US` and `en_GB` only `en` counts.

    Needs: facts. Reason: `language`.
    """
    stated = facts.origin.language.strip().lower().replace("_", "-").partition("-")[0]
    return None if not stated or stated in languages else Broken("language", f"stated: {facts.origin.language}")


def duration(facts: Facts, *, least: Rate = 0, most: Rate = 86_400) -> Judged:
    """The episode is so many seconds long, or nobody knows how long.

    Needs: facts. Reasons: `too_short`, `too_long`.
    """
    if facts.seconds is None or least <= facts.seconds <= most:
        return None
    return Broken("too_short" if facts.seconds < least else "too_long", f"{facts.seconds:.0f} seconds")


def not_explicit(facts: Facts) -> Judged:
    """Whoever publishes the episode does not mark it as explicit.

    Needs: facts. Reason: `explicit`.
    """
    return Broken("explicit") if facts.explicit else None
