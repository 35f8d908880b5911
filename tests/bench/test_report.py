"""The report as a file: what stands in it, what is kept out of it, and what it does with bad input."""

import math
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from photocast.bench.report import write_report
from photocast.bench.report.standing import place_of, standings
from photocast.bench.report.transcripts import transcript
from photocast.bench.report.words import generation_row, verdict
from photocast.bench.results import (
    BenchResult,
    Failure,
    FileScore,
    Generation,
    ItemShown,
    Scores,
    Summary,
    SystemResult,
)
from photocast.bench.statistics import interval
from photocast.metrics import METRICS, Quantiles, Reference, measure, reference
from photocast.schema import InputError, parse_transcript

PEOPLE = reference("interview")
HOSTILE = "<script>alert(1)</script><img src=https://example.org/x onerror=alert(2)>\"'\u202e\x07$\\frac{"
FEW = ("words", "turn_length", "turn_length_cv", "filler_rate", "compression_ratio", "rep_4")
"""Of most families; drawing all metrics takes seconds."""
TALK = """Speaker 1: Look at that dog, it has been in the water {n} times. I could watch it all day long, honestly.

Speaker 2: Has it?

Speaker 1: Well, it shook itself over my shoes, and then over everything else that we had brought to the beach that day.

Speaker 2: Right. I remember when we had {n} towels, and none of them was dry by noon.
"""


class Found(HTMLParser):
    """Elements of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in {"style", "script"}:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        self.text += "" if self._inside else data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


def system(name: str, folder: Path, items: int, *, factor: float = 1.0, metrics: Iterable[str] = FEW) -> SystemResult:
    """A system whose transcripts lie in `folder`, with its figures times `factor`."""
    files = []
    for number in range(items):
        text = TALK.format(n=number + 2)
        (folder / f"{name}_{number}.txt").write_text(text, "utf-8")
        values = measure(parse_transcript(text), reference=PEOPLE).values
        figures = {one: values[one] * factor * (1 + number / 100) for one in values if one in metrics}
        files.append(FileScore(file=f"{name}_{number}.txt", item=f"i{number}", values=figures))
    scores = Scores(n=items, failed=(), metrics=summaries(files), files=tuple(files))
    return SystemResult(name=name, scores=scores)


def summaries(files: list[FileScore]) -> dict[str, Summary]:
    found = {}
    for name in dict.fromkeys(name for file in files for name in file.values):
        values = [file.values[name] for file in files if name in file.values]
        unit = METRICS[name].unit if name in METRICS else "things"
        found[name] = Summary(mean=float(np.mean(values)), sd=None, ci95=interval(values), unit=unit, n=len(values))
    return found


def run_of(folder: Path, *systems: SystemResult, items: int = 9, **more: Any) -> BenchResult:
    Image.new("RGB", (320, 200), "teal").save(folder / "sea.jpg", comment=b"a secret comment")
    shown = tuple(
        ItemShown(
            item=f"i{number}",
            title=f"Beach {number}",
            photos=("sea.jpg",),
            transcripts={one.name: f"{one.name}_{number}.txt" for one in systems},
        )
        for number in range(items)
    )
    return BenchResult(title="Beaches", systems=systems, items=shown, versions={"photocast": "1.2"}).model_copy(
        update=more
    )


def page_of(result: BenchResult, folder: Path, people: Reference | None = PEOPLE) -> str:
    path = write_report(result, folder, glossary=METRICS, reference=people)
    assert path == folder / "report.html"
    page = path.read_text("utf-8")
    # Whatever goes in, the page stays whole, loads nothing and shows no failed arithmetic.
    found = Found(page)
    assert not re.search(r"\b(nan|NaN|inf|Infinity|None|undefined)\b", found.text)
    assert addresses(found) <= {"data:", "#"}
    assert not [attrs for _, attrs in found.elements for name in attrs if name.startswith("on") or name == "style"]
    assert len(found.all("script")) == 1
    ids = [attrs["id"] for _, attrs in found.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {attrs["href"] for _, attrs in found.elements if (attrs.get("href") or "").startswith("#")}
    assert {target[1:] for target in targets if target} <= set(ids)
    return page


def addresses(found: Found) -> set[str]:
    """The beginnings of all addresses that an element could load or lead to."""
    names = {"src", "href", "xlink:href", "srcset", "action", "data", "poster", "background", "formaction"}
    values = [value or "" for _, attrs in found.elements for name, value in attrs.items() if name in names]
    return {"data:" if value.startswith("data:image/jpeg;base64,") else value[:1] for value in values}


@pytest.fixture
def two(tmp_path: Path) -> BenchResult:
    return run_of(tmp_path, system("ours", tmp_path, 9), system("theirs", tmp_path, 9, factor=1.6))


def test_a_report_has_everything(two: BenchResult, tmp_path: Path) -> None:
    page = page_of(two, tmp_path)
    found = Found(page)
    assert "default-src 'none'; img-src data:" in page
    assert found.all("html")[0]["lang"] == "en"
    for text in ("Beaches", "9 items", "2 systems", PEOPLE.licence, PEOPLE.title, "seed 0", "photocast 1.2"):
        assert text in found.text, text
    for title in ("At a glance", "Metrics by family", "Distributions", "Comparison", "Items", "Left out", "Glossary"):
        assert title in found.text, title
    for name in two.systems[0].scores.metrics:
        assert METRICS[name].weakness in found.text, name
    assert len(found.all("details")) == 9
    assert len(found.all("img")) == 9
    assert all(image["alt"] for image in found.all("img"))
    assert len(found.all("table")) == len(found.all("caption"))
    assert all(svg.get("aria-hidden") == "true" or svg.get("aria-label") for svg in found.all("svg"))
    assert found.text.count("I could watch it all day long") == 18


def test_the_figures_in_the_table_are_those_of_the_result(two: BenchResult, tmp_path: Path) -> None:
    """turn_length of `ours`: 20 + 2 + 21 + 16 words in 4 turns are 14.75; times 1.00 to 1.08, 15.34 on average."""
    assert two.systems[0].scores.metrics["turn_length"].mean == pytest.approx(14.75 * 1.04)
    text = " ".join(Found(page_of(two, tmp_path)).text.split())
    low, high = two.systems[0].scores.metrics["turn_length"].ci95 or (0.0, 0.0)
    assert f"15.3 [{low:.1f}, {high:.1f}]" in text
    people = PEOPLE.figures["turn_length"]
    assert f"{people.at(0.1):.1f} – {people.at(0.5):.1f} –" in text


def test_the_page_is_the_same_twice(two: BenchResult, tmp_path: Path) -> None:
    assert page_of(two, tmp_path) == page_of(two, tmp_path)


def test_pictures_are_small_and_bare(two: BenchResult, tmp_path: Path) -> None:
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(tmp_path / "sea.jpg", comment=b"a secret comment")
    page = page_of(two, tmp_path)
    assert len(page) < 1_500_000
    assert "a secret comment" not in page


@pytest.mark.parametrize(
    "where", ["title", "system", "item", "photo", "reason", "note", "metric", "unit", "transcript"]
)
def test_hostile_text_is_shown_as_text(tmp_path: Path, where: str) -> None:
    ours, theirs = system("ours", tmp_path, 2), system("theirs", tmp_path, 2)
    result = run_of(tmp_path, ours, theirs, items=2)
    one = result.items[0]
    if where == "title":
        result = result.model_copy(update={"title": HOSTILE})
    elif where == "system":
        result = result.model_copy(update={"systems": (ours.model_copy(update={"name": HOSTILE}), theirs)})
    elif where in {"item", "photo"}:
        update = {"title": HOSTILE} if where == "item" else {"photos": (HOSTILE.replace("/", ""),)}
        result = result.model_copy(update={"items": (one.model_copy(update=update), result.items[1])})
    elif where in {"reason", "note"}:
        update = {"failed": (Failure(file=HOSTILE, reason=HOSTILE),)} if where == "reason" else {"notes": (HOSTILE,)}
        result = with_scores(result, ours.scores.model_copy(update=update))
    elif where in {"metric", "unit"}:
        files = [file.model_copy(update={"values": {HOSTILE: 1.0 + n}}) for n, file in enumerate(ours.scores.files)]
        unit = HOSTILE if where == "unit" else "share"
        metrics = {HOSTILE: Summary(mean=1.5, sd=None, ci95=(1.0, 2.0), unit=unit, n=2)}
        result = with_scores(result, ours.scores.model_copy(update={"files": tuple(files), "metrics": metrics}))
    else:
        (tmp_path / "ours_0.txt").write_text(f"Speaker 1: {HOSTILE}\n\nSpeaker 2: Oh.\n", "utf-8")
    page = page_of(result, tmp_path)
    assert "<script>alert(1)" in Found(page).text.replace("\n", "")
    assert "&lt;script&gt;alert(1)" in page
    assert "\u202e" not in page
    assert "\x07" not in page


def with_scores(result: BenchResult, scores: Scores) -> BenchResult:
    """The result with other scores of its first system."""
    first = result.systems[0].model_copy(update={"scores": scores})
    return result.model_copy(update={"systems": (first, *result.systems[1:])})


def test_one_system_has_no_comparison(tmp_path: Path) -> None:
    page = page_of(run_of(tmp_path, system("ours", tmp_path, 9)), tmp_path)
    text = " ".join(Found(page).text.split())
    assert "Comparison, item by item" not in text
    assert re.search(r"ours lies in the band of people on \d+ of \d+ metrics: nearest in \w+, farthest in \w+\.", text)


def test_one_item_has_no_interval(tmp_path: Path) -> None:
    page = page_of(run_of(tmp_path, system("ours", tmp_path, 1), system("theirs", tmp_path, 1), items=1), tmp_path)
    assert "1 item" in page


def test_without_people_nothing_is_said_about_them(two: BenchResult, tmp_path: Path) -> None:
    page = page_of(two, tmp_path, None)
    assert "No human reference was given" in page
    assert "have more" not in Found(page).text
    assert 'class="band"' not in page


def test_a_run_in_which_everything_failed_says_so(tmp_path: Path) -> None:
    failed = (Failure(file="a.txt", reason="no speaker can be found"),)
    made = (Generation(item="i0", writer="w", words=0, seconds=3.0, error="the model refused"),)
    nothing = SystemResult(name="ours", scores=Scores(n=0, failed=failed, metrics={}, files=()), generations=made)
    page = page_of(run_of(tmp_path, nothing, items=1), tmp_path)
    text = " ".join(Found(page).text.split())
    assert "No transcript could be measured" in text
    assert "ours: a.txt: no speaker can be found" in text
    assert "ours: i0: the model refused" in text
    assert "Without figures: the model refused" in text
    assert "0 of 1" in text


def test_a_system_that_failed_stands_beside_one_that_did_not(tmp_path: Path) -> None:
    nothing = SystemResult(
        name="theirs", scores=Scores(n=0, failed=(Failure(file="theirs_0.txt", reason="empty"),), metrics={}, files=())
    )
    page = page_of(run_of(tmp_path, system("ours", tmp_path, 9), nothing), tmp_path)
    text = " ".join(Found(page).text.split())
    assert "they have no item in common" in text
    assert "Without figures: empty" in text


def test_what_is_not_finite_is_left_out_and_counted(two: BenchResult, tmp_path: Path) -> None:
    scores = two.systems[0].scores
    broken = scores.files[0].model_copy(
        update={"values": {**scores.files[0].values, "rep_4": math.nan, "turns": math.inf}}
    )
    metrics = {**scores.metrics, "rep_4": scores.metrics["rep_4"].model_copy(update={"mean": math.nan, "ci95": None})}
    result = with_scores(two, scores.model_copy(update={"files": (broken, *scores.files[1:]), "metrics": metrics}))
    text = " ".join(Found(page_of(result, tmp_path)).text.split())
    assert "ours: rep 4, 1 of 9 transcripts: not a finite number" in text


def test_reasons_for_what_is_undefined_are_counted(two: BenchResult, tmp_path: Path) -> None:
    scores = two.systems[0].scores
    files = [
        file.model_copy(update={"undefined": {"round_robin": "two cannot but take turns"}}) for file in scores.files
    ]
    text = " ".join(
        Found(page_of(with_scores(two, scores.model_copy(update={"files": tuple(files)})), tmp_path)).text.split()
    )
    assert "ours: round robin, 9 of 9 transcripts: two cannot but take turns" in text


def test_missing_and_broken_photos_and_transcripts_are_named(two: BenchResult, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not really")
    (tmp_path / "folder").mkdir()
    (tmp_path / "ours_0.txt").unlink()
    (tmp_path / "ours_1.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "theirs_1.txt").write_text("nobody says anything here", "utf-8")
    first = two.items[0].model_copy(update={"photos": ("gone.jpg", "broken.jpg", "folder", "sea.jpg")})
    page = page_of(two.model_copy(update={"items": (first, *two.items[1:])}), tmp_path)
    text = " ".join(Found(page).text.split())
    assert "Beach 0: gone.jpg, broken.jpg, folder cannot be shown" in text
    assert "Beach 0: the transcript of ours: the file is not there" in text
    assert "Beach 1: the transcript of ours: it is not text" in text
    assert "no turns were found" in text
    assert "nobody says anything here" in text


def test_an_unusual_figure_is_marked(two: BenchResult, tmp_path: Path) -> None:
    scores = two.systems[0].scores
    odd = scores.files[3].model_copy(update={"values": {**scores.files[3].values, "turn_length": 500.0}})
    files = (*scores.files[:3], odd, *scores.files[4:])
    text = " ".join(Found(page_of(with_scores(two, scores.model_copy(update={"files": files})), tmp_path)).text.split())
    assert "Beach 31 photo · 1 unusual figure" in text
    assert "unusual: 500" in text
    assert text.count("unusual figure") == 1


def test_the_report_cannot_be_written_where_there_is_no_folder(two: BenchResult, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write"):
        write_report(two, tmp_path / "missing", glossary=METRICS, reference=None)


def test_figures_that_the_glossary_does_not_have_are_shown(tmp_path: Path) -> None:
    ours = system("ours", tmp_path, 3)
    files = [file.model_copy(update={"values": {"my_own": 2.0 + n}}) for n, file in enumerate(ours.scores.files)]
    scores = ours.scores.model_copy(update={"files": tuple(files), "metrics": summaries(files)})
    page = page_of(run_of(tmp_path, ours.model_copy(update={"scores": scores}), items=3), tmp_path)
    text = " ".join(Found(page).text.split())
    assert "Other" in text
    assert "my own" in text
    assert "The human reference has none of the metrics" in text


def test_a_long_transcript_is_cut_and_a_huge_one_is_not_read(tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text("\n\n".join(f"Speaker {n % 2 + 1}: {'word ' * 50}" for n in range(200)), "utf-8")
    found = transcript(long)
    assert sum(len(line.text) for line in found.lines) <= 16_000
    assert sum(len(line.text.split()) for line in found.lines) + found.rest == 10_000
    assert found.lengths is not None
    assert found.lengths.sum() == 10_000
    long.write_text("Speaker 1: word\n" * 200_000, "utf-8")
    assert transcript(long).problem == "too large to show: 3.2 MB"
    assert transcript(tmp_path).problem == "the file is not there"


def quantiles(*values: float) -> Quantiles:
    """A figure whose quantiles run in equal steps through the values."""
    steps = np.interp(np.linspace(0, 1, 101), np.linspace(0, 1, len(values)), values)
    return Quantiles(n=100, mean=float(steps.mean()), sd=float(steps.std()), values=tuple(steps.tolist()))


def test_where_a_value_stands_by_hand() -> None:
    """Quantiles 0 to 100 in equal steps: p10 = 10, median 50, p90 = 90, half the band 40."""
    people = quantiles(0.0, 100.0)
    assert place_of(50.0, people) == 0.0
    assert place_of(70.0, people) == 0.5
    assert place_of(90.0, people) == pytest.approx(1.0)
    assert place_of(130.0, people) == pytest.approx(2.0)  # 1 + 40 / 40
    assert place_of(10.0, people) == pytest.approx(-1.0)
    assert place_of(-70.0, people) == pytest.approx(-3.0)


def test_people_who_do_not_differ_are_no_measure() -> None:
    assert place_of(1.0, quantiles(0.0, 0.0)) is None


def test_where_most_people_have_none_a_value_stands_beyond() -> None:
    """p10 = median = p90 = 0, and only the last hundredth has some: the spread is that of all."""
    people = Quantiles(n=100, mean=0.01, sd=0.1, values=(*[0.0] * 100, 1.0))
    assert place_of(0.0, people) == 0.0
    assert place_of(0.2, people) == pytest.approx(1 + 0.2 / 0.12815515655446004)


def test_the_nearest_system_is_named_where_no_doubt_is_left(two: BenchResult) -> None:
    items = [item.item for item in two.items]
    found = {one.family: one for one in standings(two.systems, items, METRICS, PEOPLE)}
    assert set(found) <= {"style", "shape", "manner", "diversity"}
    for one in found.values():
        ours, theirs = one.systems
        assert ours
        assert theirs
        assert one.nearest in {None, 0 if ours.distance < theirs.distance else 1}
    same = standings((two.systems[0], two.systems[0]), items, METRICS, PEOPLE)
    assert [one.nearest for one in same] == [None] * len(same)
    assert "no system is shown to be nearer" in verdict(two, same, PEOPLE)


def test_the_verdict_names_who_is_nearer(tmp_path: Path) -> None:
    """As people are in the middle: turns of their median length against ones ten times as long."""
    middle = PEOPLE.figures["turn_length"].at(0.5)

    def scored(name: str, value: float) -> SystemResult:
        files = [FileScore(file=f"{n}", item=f"i{n}", values={"turn_length": value + n}) for n in range(9)]
        return SystemResult(name=name, scores=Scores(n=9, failed=(), metrics=summaries(files), files=tuple(files)))

    near, far = scored("near", middle), scored("far", 10 * middle)
    result = run_of(tmp_path, far, near)
    found = standings(result.systems, [f"i{n}" for n in range(9)], METRICS, PEOPLE)
    assert verdict(result, found, PEOPLE) == "near is nearer to people than the other in style."
    third = run_of(tmp_path, far, near, scored("farther", 20 * middle))
    found = standings(third.systems, [f"i{n}" for n in range(9)], METRICS, PEOPLE)
    assert verdict(third, found, PEOPLE) == "near is nearest to people in style."
    both = run_of(tmp_path, far, scored("farther", 20 * middle))
    found = standings(both.systems, [f"i{n}" for n in range(9)], METRICS, PEOPLE)
    assert "Both are outside the band of people in turn length." in verdict(both, found, PEOPLE)


def test_only_metrics_that_all_systems_have_are_compared(two: BenchResult) -> None:
    """One system without a metric, and one without anything, which does not count."""
    ours, theirs = two.systems
    files = [
        file.model_copy(
            update={"values": {name: value for name, value in file.values.items() if name != "filler_rate"}}
        )
        for file in theirs.scores.files
    ]
    without = theirs.model_copy(update={"scores": theirs.scores.model_copy(update={"files": tuple(files)})})
    nothing = SystemResult(name="nothing", scores=Scores(n=0, failed=(), metrics={}, files=()))
    found = standings((ours, without, nothing), [item.item for item in two.items], METRICS, PEOPLE)
    assert [one.family for one in found] == ["style", "shape", "diversity"]
    assert all(one.systems[0] and one.systems[1] and one.systems[2] is None for one in found)
    both = standings(two.systems, [item.item for item in two.items], METRICS, PEOPLE)
    assert [one.metrics for one in both if one.family == "manner"] == [("filler_rate",)]


def test_what_nobody_counted_is_not_zero() -> None:
    """Rates 100 / 10 and 300 / 10 tokens a second: mean 20, sd 14.1. The failed one counts as a failure alone."""
    made = (
        Generation(item="a", writer="w", words=90, seconds=10.0, output_tokens=100, cost_usd=0.25),
        Generation(item="b", writer="w", words=110, seconds=10.0, output_tokens=300),
        Generation(item="c", writer="w", words=0, seconds=1.0, cost_usd=0.5, error="cut off"),
    )
    row = generation_row(made)
    assert row["written"] == "2 of 3"
    assert row["words"] == "100 ± 14.1"
    assert row["tokens per second"] == "20 ± 14.1"
    assert row["cost, US$"] == "0.250 (1 of 2 counted)"
    assert row["cost in all, US$"] == "0.750 (2 of 3 counted)"
    assert generation_row(made[1:2])["cost, US$"] == "not counted"


def test_fifty_items_with_five_photos_of_two_systems_stay_under_eight_megabytes(tmp_path: Path) -> None:
    ours, theirs = (system(name, tmp_path, 50, metrics=METRICS) for name in ("ours", "theirs"))
    result = run_of(tmp_path, ours, theirs, items=50)
    noise = Image.effect_noise((800, 600), 40).convert("RGB")
    for number in range(5):
        noise.rotate(30 * number).save(tmp_path / f"{number}.jpg")
    items = tuple(one.model_copy(update={"photos": tuple(f"{n}.jpg" for n in range(5))}) for one in result.items)
    assert len(page_of(result.model_copy(update={"items": items}), tmp_path)) < 8_000_000
