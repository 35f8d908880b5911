"""What a judging folder comes to: who wins, how sure that is, how far judges agree, and what of it is bias."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TypeVar

import numpy as np

from photocast.bench.judging.agreement import Agreement, BesidePeople, agreement, beside_people
from photocast.bench.judging.clusters import Estimate, mean_of_items
from photocast.bench.judging.criteria import CONTROLS
from photocast.bench.judging.families import family_of
from photocast.bench.judging.length import LengthControlled, length_controlled, length_matched
from photocast.bench.judging.prediction_powered import PredictionPowered, joined_win_rate
from photocast.bench.judging.ranking import Ranking, rank
from photocast.bench.judging.request import Request, read_request
from photocast.bench.judging.votes import Status, Vote, read_votes
from photocast.bench.judging.winning import (
    Contest,
    Position,
    SelfPreference,
    anchored_self_preference,
    contests,
    position,
    self_consistency,
    self_preference,
    statuses,
)
from photocast.schema import InputError, UndefinedMetric

PRIOR = 1.0
"""Drawn games that keep the strength finite of a system that lost or won everything."""

T = TypeVar("T")


@dataclass(frozen=True)
class Result:
    """One pair of systems under one criterion, judged by models or by people."""

    contest: Contest
    agreement: Agreement | None
    """None with fewer than two judges."""
    position: Position | None
    length_controlled: LengthControlled | None
    """None where lengths do not differ, or there are too few items."""
    length_matched: Estimate | None
    missing: int
    """Questions without a verdict."""


@dataclass(frozen=True)
class JudgeResult:
    """One judge over all questions but controls."""

    judge: str
    kind: str
    counts: Mapping[Status, int]
    position: Position | None
    self_consistency: Estimate | None
    """None without repeats."""
    quotes: tuple[int, int]
    """Quotes that are in the text, and that are not."""
    input_tokens: int
    output_tokens: int
    usd: float | None
    """None when the price of a vote is not known."""


@dataclass(frozen=True)
class Control:
    """What judges say where the answer is known."""

    criterion: str
    judge: str
    ties: Estimate
    """Share of verdicts that are ties."""


@dataclass(frozen=True)
class Judged:
    """All of a folder."""

    votes: int
    items: int
    results: tuple[Result, ...]
    judges: tuple[JudgeResult, ...]
    rankings: Mapping[tuple[str, str], Ranking]
    """By criterion and kind, for two systems or more."""
    self_preferences: tuple[SelfPreference, ...]
    beside_people: BesidePeople | None
    anchored: Mapping[str, Estimate]
    """Self-preference with people as the anchor, by judge."""
    joined: Mapping[tuple[str, tuple[str, str]], PredictionPowered]
    """Votes of people and models together, by criterion and pair."""
    controls: tuple[Control, ...]
    request: Request | None
    notes: tuple[str, ...]


def judged(folder: Path, *, seed: int = 0) -> Judged:
    """Count the votes of a judging folder.

    Args:
        folder: of `photocast judge`.
        seed: of every interval that is drawn.

    Raises:
        InputError: there are no votes, or they cannot be read.
    """
    return count_votes(read_votes(folder), read_request(folder) if folder.is_dir() else None, seed=seed)


def count_votes(everything: Sequence[Vote], request: Request | None = None, *, seed: int = 0) -> Judged:
    """Count votes; controls enter no result.

    Args:
        everything: of any pairs, criteria and judges.
        request: what was asked; it knows the families of judges and systems.
        seed: of every interval that is drawn.

    Raises:
        InputError: there are no votes but controls.
    """
    votes = [vote for vote in everything if not is_control(vote)]
    if not votes:
        raise InputError("There is nothing to count", "there are no votes but controls", "Judge pairs first")
    families = _families(votes, request)
    return Judged(
        votes=len(votes),
        items=len({vote.item for vote in votes}),
        results=tuple(_results(votes, seed)),
        judges=tuple(_judges(votes)),
        rankings=rankings(votes),
        self_preferences=tuple(self_preference(votes, families)),
        beside_people=_or_none(lambda: beside_people(votes)),
        anchored=_or_none(lambda: anchored_self_preference(votes, families)) or {},
        joined=_joined(votes),
        controls=tuple(_controls([vote for vote in everything if is_control(vote)])),
        request=request,
        notes=tuple(_notes(votes)),
    )


def is_control(vote: Vote) -> bool:
    """Whether the answer was known before: a transcript beside itself, or the pictures of another album."""
    return vote.criterion in CONTROLS or vote.systems[0] == vote.systems[1]


def _results(votes: Sequence[Vote], seed: int) -> Iterator[Result]:
    groups: dict[tuple[frozenset[str], str, str], list[Vote]] = defaultdict(list)
    for vote in votes:
        groups[frozenset(vote.systems), vote.criterion, vote.kind].append(vote)
    for contest in contests(votes, seed=seed):
        group = groups[frozenset(contest.systems), contest.criterion, contest.kind]
        yield Result(
            contest,
            _or_none(lambda group=group: agreement(group, seed=seed)),  # type: ignore[misc]
            _or_none(lambda group=group: position(group)),  # type: ignore[misc]
            _or_none(lambda group=group: length_controlled(group)),  # type: ignore[misc]
            _or_none(lambda group=group: length_matched(group)),  # type: ignore[misc]
            missing=sum(vote.score is None for vote in group),
        )


def _judges(votes: Sequence[Vote]) -> Iterator[JudgeResult]:
    by_judge: dict[str, list[Vote]] = defaultdict(list)
    for vote in votes:
        by_judge[vote.judge].append(vote)
    for judge, counts in statuses(votes).items():
        own = by_judge[judge]
        prices = [vote.usd for vote in own if vote.kind == "model"]
        yield JudgeResult(
            judge=judge,
            kind=own[0].kind,
            counts=counts,
            position=_or_none(lambda own=own: position(own)),  # type: ignore[misc]
            self_consistency=_or_none(lambda own=own: self_consistency(own)),  # type: ignore[misc]
            quotes=(sum(len(vote.evidence) for vote in own), sum(len(vote.not_found) for vote in own)),
            input_tokens=sum(vote.input_tokens or 0 for vote in own),
            output_tokens=sum(vote.output_tokens or 0 for vote in own),
            usd=sum(price for price in prices if price is not None) if None not in prices else None,
        )


def rankings(votes: Sequence[Vote]) -> dict[tuple[str, str], Ranking]:
    """Strengths of the systems by criterion and kind of judge, where the votes tell any."""
    groups: dict[tuple[str, str], list[Vote]] = defaultdict(list)
    for vote in votes:
        groups[vote.criterion, vote.kind].append(vote)
    found = {key: _or_none(lambda group=group: _ranking(group)) for key, group in groups.items()}  # type: ignore[misc]
    return {key: ranking for key, ranking in found.items() if ranking}


def _ranking(votes: Sequence[Vote]) -> Ranking:
    """By maximum likelihood; where a system won or lost everything, with a prior, which the ranking tells."""
    try:
        return rank(votes)
    except UndefinedMetric:
        return rank(votes, prior=PRIOR)


def _joined(votes: Sequence[Vote]) -> dict[tuple[str, tuple[str, str]], PredictionPowered]:
    groups: dict[tuple[str, frozenset[str]], list[Vote]] = defaultdict(list)
    for vote in votes:
        groups[vote.criterion, frozenset(vote.systems)].append(vote)
    found = {}
    for (criterion, _), group in groups.items():
        if len({vote.kind for vote in group}) == 2:
            joined = _or_none(lambda group=group: joined_win_rate(group))  # type: ignore[misc]
            if joined:
                found[criterion, group[0].systems] = joined
    return found


def _controls(votes: Sequence[Vote]) -> Iterator[Control]:
    groups: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for vote in votes:
        if vote.score is not None:
            groups[vote.criterion, vote.judge][vote.item].append(float(vote.score == 0.5))
    for (criterion, judge), items in sorted(groups.items()):
        shares = np.array([fmean(ties) for ties in items.values()])
        yield Control(criterion, judge, mean_of_items(shares, sum(map(len, items.values())), low=0.0, high=1.0))


def _families(votes: Sequence[Vote], request: Request | None) -> dict[str, str]:
    """Family of every judge and system that is known."""
    judges = {vote.judge: family_of(vote.judge) for vote in votes if vote.kind == "model"}
    systems = {name: family_of(name) for vote in votes for name in vote.systems}
    if request:
        judges |= request.judges
        systems |= {name: one.family for name, one in request.systems.items() if one.family}
    return {name: family for name, family in {**systems, **judges}.items() if family}


def _notes(votes: Sequence[Vote]) -> Iterator[str]:
    missing = [vote for vote in votes if vote.score is None]
    for status in (Status.UNREADABLE, Status.REFUSED, Status.FAILED):
        found = [vote for vote in missing if vote.status is status]
        if found:
            named = sorted({f"{vote.item} ({vote.judge})" for vote in found})
            where = ", ".join(named[:_MOST_NAMED]) + (", …" if len(named) > _MOST_NAMED else "")
            yield f"{len(found)} questions are {status} and in no rate: {where}."


_MOST_NAMED = 5


def _or_none(work_out: Callable[[], T]) -> T | None:
    """What these votes do not tell is none, and shown as a dash."""
    try:
        return work_out()
    except UndefinedMetric:
        return None
