"""`photocast site` on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

LINK = "https://example.org/walks"


def test_a_site_for_people(run: "Run", shows: Path) -> None:
    ran = run("site", shows, "--link", LINK, "--title", "Our <walks>")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines() == [
        "2 episodes, 1 to hear",
        f"  {shows / 'feed.xml'}, for {LINK}/feed.xml",
        str(shows / "index.html"),
    ]
    assert "note: feed: hill is left out, for it has no audio." in ran.err
    assert "<h1>Our &lt;walks&gt;</h1>" in (shows / "index.html").read_text("utf-8")


def test_a_site_for_programs(inside: "Run", shows: Path) -> None:
    document = inside("site", shows, "--json").document
    assert set(document) == {"site", "feed", "url", "episodes", "notes"}
    assert (document["site"], document["feed"], document["notes"]) == (str(shows / "index.html"), None, [])
    assert {one["folder"]: one["audio"] for one in document["episodes"]} == {"sea": "sea/episode.mp3", "hill": None}


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        ([], 2, "FOLDER"),
        (["walks", "--link", "example.org"], 2, "http(s) URL"),
        (["nowhere"], 4, "nowhere"),
    ],
)
def test_what_cannot_be_made(inside: "Run", shows: Path, args: list[str], code: int, says: str) -> None:
    ran = inside("site", *[str(shows) if arg == "walks" else arg for arg in args])
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err
    assert not (shows / "index.html").exists()
