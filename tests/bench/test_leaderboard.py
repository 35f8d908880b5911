"""Systems of several runs side by side, and the sheet they are printed on."""

import re
from pathlib import Path

import pytest

from photocast.bench.leaderboard import leaderboard, read_board
from photocast.bench.results import BenchResult, FileScore, Generation, Scores, SystemResult
from photocast.bench.score import summaries
from photocast.bench.sheet import Sheet, Table, as_html, as_markdown, write_sheet
from photocast.metrics import Figures, reference
from photocast.schema import InputError, UsageError

PEOPLE = reference("panel")


def system(name: str, cv: list[float], generations: tuple[Generation, ...] = ()) -> SystemResult:
    """A system of which one metric is known, for items i0, i1, …"""
    rows = [Figures({"turn_length_cv": value, "words": 700.0}) for value in cv]
    files = tuple(FileScore(file=f"{at}.md", item=f"i{at}", values=row.values) for at, row in enumerate(rows))
    scores = Scores(n=len(cv), failed=(), metrics=summaries(rows, people=PEOPLE), files=files, reference="panel")
    return SystemResult(name=name, scores=scores, generations=generations)


def run(folder: Path, *systems: SystemResult, people: str = "panel") -> Path:
    folder.mkdir()
    result = BenchResult(title="t", systems=systems, items=(), reference=people)
    (folder / "results.json").write_text(result.model_dump_json())
    return folder


def rows_of(sheet: Sheet, title: str) -> dict[str, tuple[str, ...]]:
    (table,) = (one for one in sheet.tables if one.title == title)
    return {row[0]: row for row in table.rows}


def test_who_is_nearer_to_people_comes_first(tmp_path: Path) -> None:
    middle = PEOPLE.figures["turn_length_cv"].at(0.5)
    far = run(tmp_path / "far", system("regular", [0.30, 0.31, 0.29, 0.30]))
    near = run(tmp_path / "near", system("human", [middle, middle, middle + 0.01, middle - 0.01]))
    sheet = leaderboard(read_board([far, near]))
    assert list(rows_of(sheet, "Distance to people")) == ["human", "regular"]
    assert rows_of(sheet, "Distance to people")["human"][1:3] == ("4", "0")
    assert float(rows_of(sheet, "Distance to people")["human"][3].split()[0]) == pytest.approx(0, abs=0.03)
    assert "human in shape" in sheet.verdict
    assert list(rows_of(sheet, "Metrics")) == ["people: 10, 50, 90 %", "human", "regular"]
    assert rows_of(sheet, "Metrics")["regular"][1].startswith("0.300 [0.29")


def test_two_systems_of_one_name_are_told_apart(tmp_path: Path) -> None:
    runs = [run(tmp_path / name, system("pocket", [1.0, 1.1])) for name in ("may", "june")]
    assert {one.name for one in read_board(runs).entries} == {"pocket (may)", "pocket (june)"}


def test_what_does_not_compare(tmp_path: Path) -> None:
    few, many = run(tmp_path / "few", system("a", [1.0, 1.1])), run(tmp_path / "many", system("b", [1.0, 1.1, 1.2]))
    assert "2 are common to all" in read_board([few, many]).notes[0]
    other = run(tmp_path / "other", system("c", [1.0]), people="interview")
    with pytest.raises(UsageError, match="beside interview and panel"):
        leaderboard(read_board([few, other]))
    with pytest.raises(UsageError, match="no metric 'nope'"):
        leaderboard(read_board([few]), metrics=["nope"])
    with pytest.raises(InputError, match="There are no results"):
        read_board([tmp_path])
    (tmp_path / "results.json").write_text("{}")
    with pytest.raises(InputError, match="cannot be used"):
        read_board([tmp_path])


def test_what_writing_took_and_what_failed(tmp_path: Path) -> None:
    made = (
        Generation(item="i0", writer="m", words=600, seconds=10, output_tokens=800, cost_usd=0.02),
        Generation(item="i1", writer="m", words=800, seconds=30, output_tokens=1200, cost_usd=0.04),
        Generation(item="i2", writer="m", words=0, seconds=1, error="refused"),
    )
    uncounted = (Generation(item="i0", writer="pocket", words=500, seconds=0.5),)
    sheet = leaderboard(read_board([run(tmp_path / "r", system("m", [1.0, 1.1], made), system("p", [1.0], uncounted))]))
    # 2,000 tokens in 40 s, 6 cents for two
    assert rows_of(sheet, "How they were written")["m"][1:] == ("700", "20", "50", "0.0300")
    assert rows_of(sheet, "How they were written")["p"][3:] == ("not counted", "not known")
    assert rows_of(sheet, "Distance to people")["m"][2] == "1"
    assert any("m: not written: i2: refused" in note for note in sheet.notes)


SHEET = Sheet(
    over="photocast test",
    title="<b>bold</b>",
    facts=("2 | 3",),
    verdict="[x](javascript:alert(1))",
    tables=(Table("A table", "Of *things*.", ("system", "words"), (("<script>", "1"), ("b\u202e", "2"))),),
    notes=("a `note`",),
)


def test_text_is_shown_as_text() -> None:
    html = as_html(SHEET)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "\u202e" not in html
    assert "<title>&lt;b&gt;bold&lt;/b&gt;</title>" in html
    assert not re.search(r"(?:src|href)=\"(?!#)", html)
    assert 'id="a-table"' in html
    markdown = as_markdown(SHEET)
    assert "2 \\| 3" in markdown
    assert "[x]\\(javascript" in markdown
    assert "| system | words |\n| --- | ---: |\n| \\<script> | 1 |" in markdown
    assert "- a \\`note\\`" in markdown


def test_both_forms_are_written(tmp_path: Path) -> None:
    html, markdown = write_sheet(SHEET, tmp_path / "new", "board")
    assert (html.name, markdown.name) == ("board.html", "board.md")
    assert html.read_text("utf-8") == as_html(SHEET)
