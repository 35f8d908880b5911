"""How far the raters of a judging folder are."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from photocast.bench.judging.human.rater import time_of
from photocast.bench.judging.human.study import OVERALL, asked_as
from photocast.bench.judging.votes import HUMAN_VOTES, Status, Vote, read_votes
from photocast.schema import InputError


@dataclass(frozen=True, slots=True)
class RaterStatus:
    """What one rater has done."""

    rater: str
    pairs: int
    """Pairs with an answer to the last question, identical ones among them."""
    answers: int
    controls: int
    """Answers about identical pairs."""
    controls_tied: int
    """Those of them that say “about the same”: an attentive rater says little else."""
    left_preferred: float | None
    """Share of the preferences that are for the transcript on the left; near .5 unless the side decides."""
    last: datetime | None


def read_status(folder: Path) -> list[RaterStatus]:
    """Every rater of a judging folder, the one who answered last at the end.

    Raises:
        InputError: the folder holds no file of a rater, or one that cannot be read.
    """
    files = sorted(folder.glob(HUMAN_VOTES))
    if not files:
        do = "Give the folder of a study with -o, or begin one"
        raise InputError(f"no rater in {folder}", "no file there is called human-….jsonl", do)
    found = [_status(file.stem.removeprefix("human-"), read_votes(file)) for file in files]
    return sorted(found, key=lambda one: (one.last is not None, one.last and one.last.timestamp(), one.rater))


def _status(rater: str, votes: list[Vote]) -> RaterStatus:
    given = [vote for vote in votes if vote.status is Status.OK]
    controls = [vote for vote in given if vote.systems[0] == vote.systems[1]]
    preferred = [vote.first_shown_won for vote in given if vote.preference]
    return RaterStatus(
        rater=rater,
        pairs=sum(asked_as(vote) == OVERALL for vote in given),
        answers=len(given),
        controls=len(controls),
        controls_tied=sum(vote.preference == 0 for vote in controls),
        left_preferred=sum(one for one in preferred if one) / len(preferred) if preferred else None,
        last=max(map(time_of, given), default=None),
    )
