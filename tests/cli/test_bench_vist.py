"""`photocast bench vist`, with made-up annotations and photos that come from this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

JPEG = b"\xff\xd8\xff\xe0" + b"picture " * 40 + b"\xff\xd9"


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A host of photos; 13 is gone."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there = "/13_" not in self.path
            self.send_response(200 if there else 404)
            body = JPEG[:4] + self.path.encode() + JPEG[4:] if there else b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def annotations(host: str, tmp_path: Path) -> Path:
    """Three stories of five photos: 1 to 5, 11 to 15, 21 to 25."""
    numbers = {str(story): [story * 10 - 10 + place for place in range(1, 6)] for story in (1, 2, 3)}
    content = {
        "images": [{"id": str(n), "url_o": f"{host}/{n}_o.jpg"} for some in numbers.values() for n in some],
        "albums": [],
        "annotations": [
            [
                {
                    "story_id": story,
                    "photo_flickr_id": str(n),
                    "worker_arranged_photo_order": place,
                    "text": f"text {n} .",
                }
            ]
            for story, some in numbers.items()
            for place, n in enumerate(some)
        ],
    }
    path = tmp_path / "test.json"
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_select_and_fetch(annotations: Path, inside: Any, tmp_path: Path) -> None:
    folder, listed = tmp_path / "set", tmp_path / "stories.txt"
    listed.write_text("2\n", "utf-8")
    chosen = inside("bench", "vist", "select", annotations, "-o", folder, "--stories", listed, "--json")
    assert chosen.code == 0, chosen.err
    assert chosen.document["stories"] == ["2"]
    refused = inside("bench", "vist", "fetch", folder)
    assert refused.code == 2
    assert "5 from 127.0.0.1" in refused.err
    assert "never done unasked" in refused.err
    fetched = inside("bench", "vist", "fetch", folder, "--yes", "--json", "--delay", "0.2")
    assert fetched.code == 0, fetched.err
    assert fetched.document["there"] == 4
    assert fetched.document["gone"] == {"13": "404 Not Found"}
    assert (folder / "sample_01_story_2" / "1_11.jpg").is_file()
    again = inside("bench", "vist", "fetch", folder)
    assert again.code == 0, "there is nothing left to ask for"
    assert "4 of 5 photos are there, 0 of them new" in again.out


def test_all_stories_are_taken_on_request(annotations: Path, inside: Any, tmp_path: Path) -> None:
    chosen = inside("bench", "vist", "select", annotations, "-o", tmp_path / "set", "--all", "--json")
    assert (chosen.document["stories"], chosen.document["photos"]) == (["1", "2", "3"], 15)


def test_what_is_gone_is_passed_over_in_the_next_draw(annotations: Path, inside: Any, tmp_path: Path) -> None:
    gone = tmp_path / "photos.jsonl"
    gone.write_text('{"id":"13","gone":"404 Not Found"}\n', "utf-8")
    args = ("bench", "vist", "select", annotations, "--draw", "1,1", "--json")
    drawn = inside(*args, "-o", tmp_path / "a").document
    assert len(drawn["stories"]) == 2
    assert drawn["rejected"] == {}
    again = inside(*args, "-o", tmp_path / "b", "--gone", gone).document
    assert set(again["stories"]) == {"1", "3"}
    named = tmp_path / "stories.txt"
    named.write_text("3\n2\n", "utf-8")
    listed = inside("bench", "vist", "select", annotations, "-o", tmp_path / "c", "--stories", named, "--gone", gone)
    assert "passed over 2: its photo 13 is gone: 404 Not Found" in listed.out


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("--draw", "many"), "it is no list of numbers"),
        (("--draw", "4"), "only 3 of 3 stories"),
        (("--all", "--stories", "x"), "exclude each other"),
        (("--stories", "nowhere.txt"), "no such file"),
        (("--gone", "nowhere.jsonl"), "there is no such file"),
    ],
)
def test_selections_that_cannot_be_made(
    args: tuple[str, ...], why: str, annotations: Path, inside: Any, tmp_path: Path
) -> None:
    ran = inside("bench", "vist", "select", annotations, "-o", tmp_path / "set", *args)
    assert ran.code in (2, 4)
    assert why in ran.err
    assert not (tmp_path / "set").exists()


def test_a_local_fetch_takes_photos_of_an_archive_alone(annotations: Path, inside: Any, tmp_path: Path) -> None:
    folder, images = tmp_path / "set", tmp_path / "images"
    inside("bench", "vist", "select", annotations, "-o", folder, "--draw", "1")
    refused = inside("bench", "vist", "fetch", folder, "--local", "--yes")
    assert refused.code == 2
    assert "--local and fetching from 127.0.0.1 exclude each other" in refused.err
    images.mkdir()
    for number in range(30):
        (images / f"{number}.jpg").write_bytes(JPEG + bytes([number]))
    taken = inside("bench", "vist", "fetch", folder, "--local", "--images", images, "--json")
    assert taken.code == 0, taken.err
    assert taken.document["new"] == 5
    (images / "empty").mkdir()
    spoilt = next(folder.glob("sample_01*/1_*.jpg"))
    spoilt.write_bytes(b"")
    failed = inside("bench", "vist", "fetch", folder, "--local", "--images", images / "empty", "--json")
    assert failed.code == 1
    assert len(failed.document["failed"]) == 1
