"""Many systems side by side, out of the folders that runs and judgements have left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from pydantic import ValidationError

from photocast.bench.compare import figure_text
from photocast.bench.judging.ranking import AVERAGE, ELO
from photocast.bench.judging.results import is_control, rankings
from photocast.bench.judging.rubric.scores import SCORES, Score, read_scores
from photocast.bench.judging.rubric.summary import summarise
from photocast.bench.judging.votes import VOTES, Vote, read_votes
from photocast.bench.report.standing import FamilyStanding, standings
from photocast.bench.report.words import counted, listed
from photocast.bench.results import BenchResult, Summary, SystemResult
from photocast.bench.sheet import Sheet, Table
from photocast.metrics import METRICS, Reference
from photocast.metrics import reference as people_of
from photocast.schema import InputError, UsageError

RESULTS = "results.json"
HEADLINE = (
    *("turn_length_cv", "speaker_share_entropy", "short_turn_share", "backchannel_share", "cutoff_share", "mtld"),
    *("recollection_rate", "image_reference_rate", "caption_first", "grounding", "hallucinated_object_share"),
)
"""What the table shows unless it is told: what tells people from models, and what shows whether the album is meant."""


@dataclass(frozen=True)
class Entry:
    """One system of one run."""

    name: str
    run: Path
    result: SystemResult
    reference: str | None


@dataclass
class Board:
    """What the folders hold."""

    entries: list[Entry] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def items(self) -> list[str]:
        """Ids of all items that a system was measured on."""
        return sorted({file.item for entry in self.entries for file in entry.result.scores.files})


def read_board(folders: Sequence[Path]) -> Board:
    """The systems of the runs in some folders, and what judges say of them in others.

    Two systems of one name are told apart by the names of their runs; judges know them by the names they were given.

    Raises:
        InputError: a folder holds neither results nor judgements, or they cannot be read.
    """
    board = Board()
    judged = [folder for folder in folders if any((folder / name).is_file() for name in (VOTES, SCORES))]
    for folder in judged:
        board.votes += [vote for vote in _votes(folder) if not is_control(vote)]
        board.scores += read_scores(folder)
    results = [(folder, _result(folder)) for folder in folders if folder not in judged]
    names = [system.name for _, result in results for system in result.systems]
    for folder, result in results:
        for system in result.systems:
            name = system.name if names.count(system.name) == 1 else f"{system.name} ({folder.name})"
            board.entries.append(Entry(name, folder, system, result.reference))
    board.notes += _differences(board)
    return board


def leaderboard(board: Board, *, metrics: Sequence[str] = (), title: str = "Leaderboard") -> Sheet:
    """All systems in one sheet: nearest to people first.

    Args:
        board: of `read_board`.
        metrics: columns of the table of metrics; by default `HEADLINE`, as far as anybody has them.
        title: of the sheet.

    Raises:
        UsageError: there is no such metric, or the systems were compared with different people.
    """
    for name in metrics:
        if name not in METRICS:
            raise UsageError(f"There is no metric {name!r}", "it is not in the list", "See photocast bench metrics")
    people = _people(board)
    families = _families(board, people)
    order = _order(board, families)
    shown = [name for name in metrics or HEADLINE if any(name in one.result.scores.metrics for one in board.entries)]
    measured = (_standing(board, families, order), _metrics(board, people, shown, order)) if order else ()
    tables = [*_judges(board), *measured, *_writing(board, order)]
    facts = [counted(len(board.entries), "measured system"), counted(len(board.items), "item")]
    facts += [counted(len(board.votes), "vote")] if board.votes else []
    facts += [f"beside people: {people.name} ({people.licence})"] if people else []
    return Sheet(
        over="photocast bench leaderboard",
        title=title,
        facts=tuple(facts),
        verdict=_verdict(board, families, order),
        tables=tuple(tables),
        notes=tuple([*board.notes, *_failed(board)]),
    )


def interval_text(summary: Summary) -> str:
    """A mean with its interval."""
    if summary.ci95 is None:
        return figure_text(summary.mean)
    return f"{figure_text(summary.mean)} [{figure_text(summary.ci95[0])}, {figure_text(summary.ci95[1])}]"


def _result(folder: Path) -> BenchResult:
    path = folder / RESULTS if folder.is_dir() else folder
    try:
        return BenchResult.model_validate_json(path.read_bytes())
    except OSError as error:
        do = "Give the folders of photocast bench run"
        raise InputError(f"There are no results in {folder}", f"{path.name}: {error.strerror}", do) from error
    except ValidationError as error:
        do = "Run photocast bench run again into it"
        raise InputError(f"{path} cannot be used", str(error).splitlines()[0], do) from error


def _people(board: Board) -> Reference | None:
    named = sorted({entry.reference for entry in board.entries if entry.reference})
    if len(named) > 1:
        raise UsageError(
            "These runs do not compare",
            f"they were measured beside {listed(named)}",
            "Measure them with one --reference",
        )
    return people_of(named[0]) if named else None


def _families(board: Board, people: Reference | None) -> list[FamilyStanding]:
    if people is None:
        return []
    return standings([entry.result for entry in board.entries], board.items, METRICS, people)


def _order(board: Board, families: Sequence[FamilyStanding]) -> list[int]:
    """Places of the entries, nearest to people first; those without a distance come last, by name."""

    def far(place: int) -> tuple[bool, float, str]:
        distances = [one.distance for family in families if (one := family.systems[place])]
        return (not distances, fmean(distances) if distances else 0.0, board.entries[place].name)

    return sorted(range(len(board.entries)), key=far)


def _standing(board: Board, families: Sequence[FamilyStanding], order: Sequence[int]) -> Table:
    rows = []
    for place in order:
        entry = board.entries[place]
        cells = [_distance(family, place) for family in families]
        rows.append((entry.name, str(entry.result.scores.n), str(_lost(entry)), *cells))
    return Table(
        title="Distance to people",
        lead="For each family of metrics: 0 is the median of people, 1 the end of the band in which four of five "
        "stretches of human talk lie. In brackets the 95 % interval over items. Smaller is more like people.",
        columns=("system", "measured", "failed", *(family.family for family in families)),
        rows=tuple(rows),
    )


def _judges(board: Board) -> Iterator[Table]:
    """Strengths by votes, and scores by rubric: a row for each system, a column for each criterion."""
    columns: dict[str, dict[str, str]] = {}
    for (criterion, kind), ranking in rankings(board.votes).items():
        who = "people" if kind == "human" else "judges"
        ends = ranking.ci95
        cells = columns.setdefault(f"{who}: {criterion}", {})
        for place, (name, elo) in enumerate(zip(ranking.systems, ranking.elo.tolist(), strict=True)):
            low, high = (AVERAGE + ELO * end for end in ends[place].tolist()) if ends is not None else (elo, elo)
            cells[name] = f"{elo:.0f} [{low:.0f}, {high:.0f}]"
    for mean in summarise(board.scores).means if board.scores else ():
        if mean.mean is not None:
            around = f" [{mean.ci95[0]:.2f}, {mean.ci95[1]:.2f}]" if mean.ci95 else ""
            columns.setdefault(f"rubric: {mean.criterion}", {})[mean.system] = f"{mean.mean:.2f}{around}"
    names = list(dict.fromkeys(name for cells in columns.values() for name in cells))
    if names:
        yield Table(
            title="Judges",
            lead="Elo by Bradley-Terry with ties, 1000 for the average system, a lead of 400 for ten wins to a loss; "
            "rubric scores from 1 to 5. In brackets 95 % intervals over items.",
            columns=("system", *columns),
            rows=tuple((name, *(cells.get(name, "–") for cells in columns.values())) for name in names),
        )


def _votes(folder: Path) -> list[Vote]:
    return read_votes(folder) if (folder / VOTES).is_file() else []


def _distance(family: FamilyStanding, place: int) -> str:
    one = family.systems[place]
    if one is None:
        return "–"
    ends = f" [{one.ci95[0]:.2f}, {one.ci95[1]:.2f}]" if one.ci95 else ""
    return f"{one.distance:.2f}{ends}"


def _metrics(board: Board, people: Reference | None, shown: Sequence[str], order: Sequence[int]) -> Table:
    rows = [
        (
            board.entries[place].name,
            *(
                interval_text(found[name]) if name in (found := board.entries[place].result.scores.metrics) else "–"
                for name in shown
            ),
        )
        for place in order
    ]
    if people:
        rows.insert(0, ("people: 10, 50, 90 %", *(_band(people, name) for name in shown)))
    return Table(
        title="Metrics",
        lead="Means with their 95 % intervals over items. photocast bench metrics says what each means.",
        columns=("system", *(name.replace("_", " ") for name in shown)),
        rows=tuple(rows),
    )


def _band(people: Reference, name: str) -> str:
    figures = people.figures.get(name)
    return " ".join(figure_text(figures.at(p)) for p in (0.1, 0.5, 0.9)) if figures else "–"


def _writing(board: Board, order: Sequence[int]) -> Iterator[Table]:
    rows = []
    for place in order:
        made = [one for one in board.entries[place].result.generations if not one.error]
        if made:
            seconds = sum(one.seconds for one in made)
            counts = [one.output_tokens for one in made]
            tokens = sum(one for one in counts if one is not None) if None not in counts else None
            costs = [one.cost_usd for one in made if one.cost_usd is not None]
            rows.append(
                (
                    board.entries[place].name,
                    figure_text(fmean(one.words for one in made)),
                    figure_text(seconds / len(made)),
                    figure_text(tokens / seconds) if tokens and seconds else "not counted",
                    f"{sum(costs) / len(made):.4f}" if len(costs) == len(made) else "not known",
                )
            )
    if rows:
        lead = "Means of one transcript. What nobody counted is not put down as nothing."
        columns = ("system", "words", "seconds", "tokens a second", "US dollars")
        yield Table("How they were written", lead, columns, tuple(rows))


def _verdict(board: Board, families: Sequence[FamilyStanding], order: Sequence[int]) -> str:
    nearest = {family.family: board.entries[family.nearest].name for family in families if family.nearest is not None}
    if not board.entries:
        return "What judges say of the systems; nothing was measured."
    if not families:
        return "The runs were measured without people to compare with."
    if not nearest:
        return "In no family of metrics is one system shown to be nearer to people than all others."
    said = [
        f"{name} in {listed([family for family, who in nearest.items() if who == name])}" for name in _once(nearest)
    ]
    return f"Nearer to people than all others: {'; '.join(said)}. In the rest chance may decide."


def _once(nearest: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(nearest.values()))


def _lost(entry: Entry) -> int:
    return len(entry.result.scores.failed) + sum(bool(one.error) for one in entry.result.generations)


def _failed(board: Board) -> Iterator[str]:
    for entry in board.entries:
        yield from (f"{entry.name}: not read: {one.file}: {one.reason}" for one in entry.result.scores.failed)
        yield from (
            f"{entry.name}: not written: {one.item}: {one.error}" for one in entry.result.generations if one.error
        )


def _differences(board: Board) -> Iterator[str]:
    """Why figures may not compare."""
    items = [{file.item for file in entry.result.scores.files} for entry in board.entries]
    common = set.intersection(*items) if items else set()
    if any(one != common for one in items):
        yield f"The systems were not measured on the same items; {len(common)} are common to all."
    lists = sorted({entry.result.scores.versions.get("word lists", "?") for entry in board.entries})
    if len(lists) > 1:
        yield f"The figures were counted with different word lists (versions {listed(lists)})."
