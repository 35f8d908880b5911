"""From the votes of a folder to one sheet."""

from pathlib import Path
from typing import Any

import pytest

from photocast.bench.judging.criteria import IDENTICAL
from photocast.bench.judging.lines import add_lines
from photocast.bench.judging.report import judging_sheet
from photocast.bench.judging.results import judged
from photocast.bench.judging.votes import VOTES, Status, Vote, read_votes
from photocast.bench.leaderboard import leaderboard, read_board
from photocast.bench.sheet import Sheet, Table, as_html
from photocast.schema import InputError


def vote(item: str, order: str, preference: int | None, judge: str = "m", **others: Any) -> Vote:
    """A vote on two systems, of which the first has ten words more."""
    status = Status.OK if preference is not None else Status.REFUSED
    fields = {"systems": ("a", "b"), "criterion": "overall", "words": (110, 100), "status": status} | others
    return Vote.model_validate({"item": item, "order": order, "judge": judge, "preference": preference, **fields})


WINS = [(item, order, preference) for item, both in {"i1": (1, 1), "i2": (2, -1), "i3": (1, 0)}.items()
        for order, preference in zip(("AB", "BA"), both, strict=True)]  # fmt: skip
"""By item in both orders: a win, a win and a loss, a win and a tie: 1, ½ and ¾."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    votes = [vote(*one) for one in WINS] + [vote("i4", "AB", None)]
    controls = [vote("i1", "AB", 0, criterion=IDENTICAL, systems=("a", "a")), vote("i1", "AB", 1, systems=("b", "b"))]
    add_lines(tmp_path / "judged" / VOTES, votes + controls)
    return tmp_path / "judged"


def table(sheet: Sheet, title: str) -> Table:
    (found,) = (one for one in sheet.tables if one.title == title)
    return found


def test_one_row_says_it_all(folder: Path) -> None:
    sheet = judging_sheet(judged(folder), folder)
    results = table(sheet, "Results")
    row = dict(zip(results.columns, results.rows[0], strict=True))
    assert row["question"] == "overall: a over b"
    assert (row["items"], row["votes"], row["no verdict"]) == ("3", "6", "1")
    # (1 + ½ + ¾) / 3 = ¾; sd ¼, so ¾ ± 4.303 · ¼ / √3 = ¾ ± .62
    assert row["win rate"] == "0.75 [0.13, 1.00]"
    assert row["ties"] == "0.17"  # 1 of 6
    assert row["same in both orders"].startswith("0.33")  # i1 alone
    # shown first a scores 1, 1, 1; shown second 1, 0, ½: 1 - ½
    assert row["first shown"].startswith("+0.50")
    assert row["alpha"] == "–"  # one judge agrees with nobody
    judge = dict(zip(table(sheet, "Judges").columns, table(sheet, "Judges").rows[0], strict=True))
    assert (judge["verdicts"], judge["refused"], judge["failed"]) == ("6", "1", "0")
    assert table(sheet, "Controls").rows == (("overall: m", "1", "0.00"), (f"{IDENTICAL}: m", "1", "1.00"))
    assert "Models do not tell a from b" in sheet.verdict
    assert any("1 questions are refused" in note for note in sheet.notes)


def test_people_and_models_stand_apart_and_together(folder: Path) -> None:
    people = [vote(item, "AB", 1, judge=who, kind="human") for item in ("i1", "i2") for who in ("p1", "p2")]
    add_lines(folder / VOTES, [vote(f"j{at}", order, 1) for at in range(3) for order in ("AB", "BA")])
    add_lines(folder / "human-p.jsonl", people)
    (folder / "scores.jsonl").write_text('{"another": "record"}\n')
    found = judged(folder)
    assert {one.contest.kind for one in found.results} == {"model", "human"}
    assert found.joined["overall", ("a", "b")].labelled == 2
    assert found.joined["overall", ("a", "b")].unlabelled == 4
    sheet = judging_sheet(found, folder)
    assert table(sheet, "People and models together").rows
    assert table(sheet, "Judges beside people").rows[-1][0] == "two people"


def test_text_of_judges_is_no_markup(folder: Path) -> None:
    add_lines(folder / VOTES, [vote("<img src=x>", "AB", None, judge="<script>alert(1)</script>")])
    page = as_html(judging_sheet(judged(folder), folder))
    assert "<script" not in page
    assert "<img" not in page


def test_a_line_that_was_cut_off_is_passed_over_and_another_is_an_error(folder: Path) -> None:
    path = folder / VOTES
    whole = read_votes(folder)
    with path.open("ab") as file:
        file.write('{"item": "ä'.encode()[:-1])  # in the middle of a letter
    assert read_votes(folder) == whole
    add_lines(path, [vote("i9", "AB", 1)])  # goes on a line of its own
    assert len(read_votes(folder)) == len(whole) + 1
    with path.open("a") as file:
        file.write('{"item": "i9"}\n')
    with pytest.raises(InputError, match="line 12, cannot be used"):
        read_votes(folder)


def test_no_votes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no votes"):
        judged(tmp_path)
    add_lines(tmp_path / VOTES, [vote("i1", "AB", 0, criterion=IDENTICAL, systems=("a", "a"))])
    with pytest.raises(InputError, match="no votes but controls"):
        judged(tmp_path)


def test_the_last_vote_on_a_question_counts(folder: Path) -> None:
    add_lines(folder / VOTES, [vote("i4", "AB", 1)])
    assert judged(folder).results[0].missing == 0


def test_judges_on_the_leaderboard(folder: Path) -> None:
    sheet = leaderboard(read_board([folder]))
    rows = {row[0]: row[1] for row in table(sheet, "Judges").rows}
    assert set(rows) == {"a", "b"}
    assert float(rows["a"].split()[0]) > 1000 > float(rows["b"].split()[0])
