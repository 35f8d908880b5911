"""Rules on who says how much. They need the talk, and only count words."""

from photocast.corpus.rules.on_facts import wrong_number
from photocast.corpus.rules.rule import Broken, Judged, Number, Rate, Share, Talk


def length(talk: Talk, *, least: Number = 900, most: Number = 60_000) -> Judged:
    """The talk has so many whitespace-separated words.

    Needs: talk. Reasons: `too_short`, `too_long`.
    """
    if least <= talk.words <= most:
        return None
    return Broken("too_short" if talk.words < least else "too_long", f"{talk.words} words")


def turns(talk: Talk, *, least: Number = 20, per_1000_words: Rate = 2) -> Judged:
    """Speakers take turns: so many in all, and so many in 1,000 words, adjacent ones of a speaker counted as one.

    Needs: talk. Reason: `few_turns`.
    """
    number = len(talk.lengths)
    rate = 1000 * number / max(talk.words, 1)
    return None if number >= least and rate >= per_1000_words else Broken("few_turns", f"{number}, {rate:.1f} in 1,000")


def main_voices(talk: Talk, *, number: Number = 2, least: Share = 0.05) -> Judged:
    """So many labels have more than the share `least` of the words, where the source does not count speakers itself.

    Needs: talk. Reason: as `main_speakers`.
    """
    if talk.episode.main_speakers is not None:
        return None
    return wrong_number(sum(share > least for share in talk.shares), number=number)


def roles_heard(talk: Talk, *, least: Share = 0.05) -> Judged:
    """The labels of hosts have at least a share of the words, and so have those of guests.

    Maps from names to labels are predicted: one that leads to a label that says two words is no guest.

    Needs: talk. Reasons: `host_not_heard`, `guest_not_heard`.
    """
    origin = talk.episode.origin
    for who, labels in (("host", origin.host_labels), ("guest", origin.guest_labels)):
        if (share := talk.share_of(labels)) < least:
            return Broken(f"{who}_not_heard", f"{share:.3f} of the words")
    return None


def bystanders(talk: Talk, *, most: Share = 0.1) -> Judged:
    """All but the two labels with most words have at most a share of the words together.

    Needs: talk. Reason: `other_voices`.
    """
    share = sum(talk.shares[2:])
    return None if share <= most else Broken("other_voices", f"{share:.3f} of the words")


def monologue(talk: Talk, *, most: Share = 0.85) -> Judged:
    """Nobody has more than a share of the words.

    Needs: talk. Reason: `monologue`.
    """
    share = talk.shares[0] if talk.shares else 0.0
    return None if share <= most else Broken("monologue", f"{share:.3f} of the words")


def published(
    talk: Talk,
    *,
    turns: Number = 5,
    turn_characters: Number = 10,
    least: Number = 2_000,
    most: Number = 50_000,
) -> Judged:
    """What the published code of SPoRC-VIST checks: turns, and characters of the transcript that it builds.

    It keeps turns of more than `turn_characters`, leaves out those that begin with `[Music]`, and asks for at least
    `turns`. The transcript has a paragraph `Speaker 1: words` for each, labels and blank lines counted, with adjacent
    turns of a speaker apart, and `least` to `most` characters.

    An approximation where adjacent turns were put together: a short piece or `[Music]` inside counts as a turn there.
    The code also cuts off the episode that its count of turns ends in; that is not imitated.

    Needs: talk. Reasons: `few_turns`, `too_short`, `too_long`.
    Source: SPoRC-VIST, arXiv:2601.01062, its published code.
    """
    names: dict[str, str] = {}
    number = characters = 0
    for turn in talk.episode.turns:
        pieces = max(len(turn.sources), 1)
        if pieces == 1 and (len(turn.text.strip()) <= turn_characters or turn.text.startswith("[Music]")):
            continue
        label = names.setdefault(turn.speaker, f"Speaker {len(names) + 1}: ")
        number += pieces
        characters += len(turn.text) - (pieces - 1) + pieces * (len(label) + len("\n\n"))
    if number < turns:
        return Broken("few_turns", f"{number} of more than {turn_characters} characters")
    characters -= len("\n\n")
    if least <= characters <= most:
        return None
    return Broken("too_short" if characters < least else "too_long", f"{characters} characters")
