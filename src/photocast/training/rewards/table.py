"""The rewards by the names that recipes give them."""

from collections.abc import Iterable
from difflib import get_close_matches

from photocast.schema import ConfigError
from photocast.training.rewards.asked import Reward
from photocast.training.rewards.closed import consistency_match, emotion_match
from photocast.training.rewards.dialogue import asr, parsable, ref
from photocast.training.rewards.form import compliance, labels, length, length_limit
from photocast.training.rewards.people import repetition, shape
from photocast.training.rewards.pictures import coverage

REWARDS: dict[str, Reward] = {
    "labels": labels,
    "shape": shape,
    "coverage": coverage,
    "compliance": compliance,
    "length": length,
    "repetition": repetition,
    "length_limit": length_limit,
    "asr": asr,
    "ref": ref,
    "parsable": parsable,
}
"""Those that are functions of a text alone, and apply to talk."""
CLOSED: dict[str, Reward] = {"emotion_match": emotion_match, "consistency_match": consistency_match}
"""Those of answers to a closed question about a visual story."""
RUBRIC = "rubric"
"""The reward that a model gives: `photocast.training.rewards.rubric.Judge`."""
NAMES = (*REWARDS, *CLOSED, RUBRIC)


def check_rewards(names: Iterable[str]) -> None:
    """See to it that every name is that of a reward.

    Raises:
        ConfigError: one is not; the message has the nearest that is.
    """
    for name in names:
        if name not in NAMES:
            near = get_close_matches(name, NAMES, n=1)
            do = f"Write {near[0]}" if near else "Correct or remove it; docs/rewards.md says what each is"
            raise ConfigError(f"there is no reward {name!r}", f"the rewards are {', '.join(NAMES)}", do)
