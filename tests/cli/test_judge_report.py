"""`photocast judge report` as scripts call it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from photocast.bench.judging.lines import add_lines
from photocast.bench.judging.votes import VOTES, Status, Vote

Run = Callable[..., Any]


def test_the_document_and_the_pages(run: Run, tmp_path: Path) -> None:
    votes = [
        Vote(
            item=item,
            systems=("a", "b"),
            order=order,
            criterion="overall",
            judge="m",
            status=Status.OK,
            preference=1,
            words=(110, 100),
        )
        for item in ("i1", "i2")
        for order in ("AB", "BA")
    ]
    add_lines(tmp_path / VOTES, votes)
    ran = run("judge", "report", tmp_path, "--json")
    assert ran.code == 0, ran.err
    (result,) = ran.document["results"]
    assert (result["criterion"], result["overall"]["rate"], result["missing"]) == ("overall", 1, 0)
    assert Path(ran.document["html"]).is_file()
    assert Path(ran.document["markdown"]).is_file()
    json.dumps(ran.document, allow_nan=False)
    shown = run("judge", "report", tmp_path, "-o", tmp_path / "site")
    assert "overall: a over b" in shown.out
    assert (tmp_path / "site" / "judging.html").is_file()


def test_a_folder_without_votes(run: Run, tmp_path: Path) -> None:
    ran = run("judge", "report", tmp_path)
    assert (ran.code, "There are no votes" in ran.err) == (4, True)
