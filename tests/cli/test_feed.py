"""`photocast feed` on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING

import podcastparser
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

LINK = "https://example.org/walks"


def test_a_feed_for_people(run: "Run", shows: Path) -> None:
    ran = run("feed", shows, "--link", LINK, "--title", "Our <walks>")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines() == ["1 episode: sea", f"  to be served as {LINK}/feed.xml", str(shows / "feed.xml")]
    assert f"note: hill is left out, for it has no audio. Run: photocast speak {shows / 'hill'}" in ran.err
    with (shows / "feed.xml").open("rb") as file:
        assert podcastparser.parse(LINK, file)["title"] == "Our <walks>"


def test_a_feed_for_programs(inside: "Run", shows: Path) -> None:
    document = inside("feed", shows, "--link", LINK, "--json").document
    assert set(document) == {"feed", "url", "guid", "episodes", "notes"}
    assert (document["feed"], document["url"]) == (str(shows / "feed.xml"), f"{LINK}/feed.xml")
    (episode,) = document["episodes"]
    assert (episode["folder"], episode["seconds"], episode["kind"]) == ("sea", 61.6, "mp3")
    assert document["notes"][0].startswith("hill is left out")


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["walks"], 2, "--link"),
        (["--link", LINK], 2, "FOLDER"),
        (["walks", "--link", "example.org"], 2, "http(s) URL"),
        (["nowhere", "--link", LINK], 4, "nowhere"),
    ],
)
def test_what_cannot_be_made(inside: "Run", shows: Path, args: list[str], code: int, says: str) -> None:
    ran = inside("feed", *[str(shows) if arg == "walks" else arg for arg in args])
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err
    assert ran.err.splitlines()[-1].startswith("do: ")
    assert not (shows / "feed.xml").exists()
