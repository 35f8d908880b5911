"""A judging folder as a sheet: n, intervals, agreement and bias of every result in one row."""

from collections.abc import Iterator
from pathlib import Path

from photocast.bench.judging.clusters import Estimate
from photocast.bench.judging.results import Control, Judged, JudgeResult, Result
from photocast.bench.judging.votes import Status
from photocast.bench.judging.winning import WinRate
from photocast.bench.report.words import counted
from photocast.bench.sheet import Sheet, Table

_SURE = 0.05
_RESULTS = (
    "Share of wins of the first system, ties counting half, both orders of every pair; in brackets the 95 % interval "
    "over items, since votes on one item are no independent witnesses. Same in both orders and first shown tell what "
    "the order does; at equal length, what length does. Alpha is Krippendorff's, ordinal, AC1 Gwet's: how far judges "
    "agree."
)


def judging_sheet(found: Judged, folder: Path) -> Sheet:
    """All tables of a judging folder."""
    judges = len({one.judge for one in found.judges})
    facts = (counted(found.items, "item"), counted(found.votes, "vote"), counted(judges, "judge"))
    prompts = (f"prompts {found.request.prompts}",) if found.request else ()
    tables = [_results(found), *_by_judge(found), _judges(found), *_rankings(found), *_people(found), *_bias(found)]
    return Sheet(
        over="photocast judge",
        title=folder.resolve().name,
        facts=(*facts, *prompts),
        verdict=_verdict(found),
        tables=(*tables, *_controls(found.controls)),
        notes=found.notes,
    )


def _verdict(found: Judged) -> str:
    """What can be said, a sentence for every result under the criterion that blends all, else under each."""
    results = [one for one in found.results if one.contest.criterion == "overall"] or list(found.results)
    return " ".join(filter(None, (_sentence(one) for one in results))) or "No judge gave a verdict."


def _sentence(one: Result) -> str:
    rate = one.contest.overall
    if rate is None:
        return ""
    first, second = one.contest.systems
    by = "People" if one.contest.kind == "human" else "Models"
    if rate.flip_p >= _SURE:
        return f"{by} do not tell {first} from {second} ({one.contest.criterion}: {_rate(rate)}, p {rate.flip_p:.2g})."
    better, worse = (first, second) if rate.rate > 0.5 else (second, first)
    return (
        f"{by} prefer {better} to {worse} ({one.contest.criterion}: {first} wins {_rate(rate)}, p {rate.flip_p:.2g})."
    )


def _results(found: Judged) -> Table:
    columns = ("question", "items", "votes", "win rate", "ties", "p", "alpha", "AC1", "same in both orders")
    return Table(
        "Results",
        _RESULTS,
        (*columns, "first shown", "at equal length", "no verdict"),
        tuple(_result_row(one) for one in found.results),
    )


def _result_row(one: Result) -> tuple[str, ...]:
    rate, agreed, place = one.contest.overall, one.agreement, one.position
    return (
        _name(one),
        str(rate.items) if rate else "0",
        str(rate.votes) if rate else "0",
        _rate(rate),
        f"{rate.ties:.2f}" if rate else "–",
        f"{rate.flip_p:.2g}" if rate else "–",
        _estimate(agreed.alpha if agreed else None),
        _estimate(agreed.ac1 if agreed else None),
        _estimate(place.consistency if place else None),
        _estimate(place.first_slot if place else None, signed=True),
        _estimate(one.length_controlled.rate if one.length_controlled else None),
        str(one.missing),
    )


def _by_judge(found: Judged) -> Iterator[Table]:
    rows = [
        (f"{_name(one)}: {judge}", _rate(rate), _rate(one.contest.without.get(judge)))
        for one in found.results
        for judge, rate in one.contest.by_judge.items()
        if len(one.contest.by_judge) > 1
    ]
    if rows:
        lead = "The win rate as each judge sees it, and what it would be without that judge."
        yield Table("Judge by judge", lead, ("question and judge", "alone", "without"), tuple(rows))


def _judges(found: Judged) -> Table:
    lead = (
        "What became of the questions, and what the order does to each judge. Quotes are evidence that a judge gave: "
        "in the text, and not in it."
    )
    columns = ("judge", "verdicts", "unreadable", "refused", "failed", "same in both orders", "first shown")
    return Table(
        "Judges",
        lead,
        (*columns, "same again", "quotes", "tokens in, out", "US dollars"),
        tuple(_judge_row(one) for one in found.judges),
    )


def _judge_row(one: JudgeResult) -> tuple[str, ...]:
    place = one.position
    return (
        f"{one.judge}{' (person)' if one.kind == 'human' else ''}",
        *(str(one.counts[status]) for status in Status),
        _estimate(place.consistency if place else None),
        _estimate(place.first_slot if place else None, signed=True),
        _estimate(one.self_consistency),
        f"{one.quotes[0]}, {one.quotes[1]}" if any(one.quotes) else "–",
        f"{one.input_tokens:,}, {one.output_tokens:,}" if one.kind == "model" else "–",
        "–" if one.kind == "human" else "not known" if one.usd is None else f"{one.usd:.4f}",
    )


def _rankings(found: Judged) -> Iterator[Table]:
    for (criterion, kind), ranking in found.rankings.items():
        if len(ranking.systems) < 3:
            continue
        ends = ranking.ci95
        rows = []
        for place, (name, elo) in enumerate(zip(ranking.systems, ranking.elo.tolist(), strict=True)):
            strength = ranking.strengths[place]
            around = f" [{ends[place][0]:+.2f}, {ends[place][1]:+.2f}]" if ends is not None else ""
            rows.append((name, f"{elo:.0f}", f"{strength:+.2f}{around}"))
        prior = ". A system won or lost everything: all were given a drawn game" if ranking.prior else ""
        lead = (
            f"Bradley-Terry with ties ({ranking.ties.value}), errors clustered by item. A lead of 400 points is ten "
            f"wins for each loss{prior}."
        )
        who = "people" if kind == "human" else "models"
        yield Table(f"Ranking by {who}: {criterion}", lead, ("system", "Elo", "log-odds"), tuple(rows))


def _people(found: Judged) -> Iterator[Table]:
    if found.joined:
        rows = [
            (
                f"{criterion}: {first} over {second}",
                f"{one.value:.2f} [{one.ci95[0]:.2f}, {one.ci95[1]:.2f}]",
                f"{one.people_alone:.2f} [{one.people_ci95[0]:.2f}, {one.people_ci95[1]:.2f}]",
                f"{one.bias:+.2f}",
                f"{one.labelled}, {one.unlabelled}",
            )
            for (criterion, (first, second)), one in found.joined.items()
        ]
        lead = (
            "What people would say of all items, from their votes on some and the models' on all (prediction-powered "
            "inference). It holds where the items for people were drawn at random."
        )
        columns = ("question", "joined", "people alone", "models less people", "items with people, without")
        yield Table("People and models together", lead, columns, tuple(rows))
    if found.beside_people:
        beside = found.beside_people
        same = [
            (judge, _estimate(one), _estimate(beside.judges_without_ties.get(judge)))
            for judge, one in beside.judges.items()
        ]
        same.append(("two people", _estimate(beside.people), _estimate(beside.people_without_ties)))
        lead = "How often a judge says what a person says. Two people are the ceiling."
        yield Table("Judges beside people", lead, ("judge", "same verdict", "without ties"), tuple(same))


def _bias(found: Judged) -> Iterator[Table]:
    rows = [
        (one.family, f"{one.own:.2f}", f"{one.others:.2f}", _estimate(one.gap, signed=True))
        for one in found.self_preferences
    ]
    rows += [
        (f"{judge}, beside people", "–", "–", _estimate(one, signed=True)) for judge, one in found.anchored.items()
    ]
    if rows:
        lead = (
            "Win rate of a family's systems as judges of the family see it, and as judges of neither side's family do. "
            "A gap above 0 is self-preference."
        )
        yield Table("Self-preference", lead, ("family", "own judges", "other judges", "gap"), tuple(rows))


def _controls(controls: tuple[Control, ...]) -> Iterator[Table]:
    if controls:
        lead = "A transcript beside itself must be a tie; the pictures of another album should decide nothing."
        rows = tuple((f"{one.criterion}: {one.judge}", str(one.ties.n), _estimate(one.ties)) for one in controls)
        yield Table("Controls", lead, ("control and judge", "votes", "ties"), rows)


def _name(one: Result) -> str:
    first, second = one.contest.systems
    people = ", people" if one.contest.kind == "human" else ""
    return f"{one.contest.criterion}: {first} over {second}{people}"


def _rate(rate: WinRate | None) -> str:
    if rate is None:
        return "–"
    return f"{rate.rate:.2f}" + (f" [{rate.ci95[0]:.2f}, {rate.ci95[1]:.2f}]" if rate.ci95 else "")


def _estimate(one: Estimate | None, *, signed: bool = False) -> str:
    if one is None:
        return "–"
    form = "+.2f" if signed else ".2f"
    ends = f" [{one.ci95[0]:{form}}, {one.ci95[1]:{form}}]" if one.ci95 else ""
    return f"{one.value:{form}}{ends}"
