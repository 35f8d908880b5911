"""VIST: what is read of the official JSON, which stories are drawn, and how photos are fetched from a real server.

The annotations here are made up; their form is that of VIST's files.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import pytest

from photocast import local_only
from photocast.bench.evaluation_set import EvaluationSet
from photocast.bench.vist import (
    Ledger,
    Manners,
    Story,
    Wanted,
    draw,
    fetch,
    read_annotations,
    read_selection,
    write_selection,
)
from photocast.bench.vist.fetch import from_folder
from photocast.schema import InputError, LocalOnlyError

JPEG = b"\xff\xd8\xff\xe0" + b"picture " * 40 + b"\xff\xd9"


def photo(number: int) -> bytes:
    return JPEG[:4] + f"photo {number} ".encode() + JPEG[4:]


def sentence(story: int, place: int, photo_id: object, text: str = "they walked .", **changes: object) -> list[Any]:
    return [
        {
            "original_text": text.capitalize(),
            "album_id": "77",
            "photo_flickr_id": photo_id,
            "setting": "first-2-pick-and-tell",
            "worker_id": "W",
            "story_id": str(story),
            "tier": "story-in-sequence",
            "worker_arranged_photo_order": place,
            "text": text,
            "storylet_id": str(story * 10 + place),
        }
        | changes
    ]


def image(number: int, base: str = "https://farm1.staticflickr.com/1", key: str = "url_o") -> dict[str, str]:
    return {"id": str(number), "album_id": "77", "title": "t", "tags": "", "text": "", key: f"{base}/{number}_ab_o.jpg"}


def document(stories: dict[int, list[int]], base: str = "https://farm1.staticflickr.com/1") -> dict[str, Any]:
    """A file with these photos for each story."""
    numbers = sorted({number for numbers in stories.values() for number in numbers})
    return {
        "info": {},
        "images": [image(number, base) for number in numbers],
        "albums": [{"id": "77", "title": "A walk", "description": "", "vist_label": "hiking", "photos": "12"}],
        "annotations": [
            sentence(story, place, str(number), f"sentence {place} of {story} .")
            for story, numbers in stories.items()
            for place, number in enumerate(numbers)
        ],
    }


@pytest.fixture
def written(tmp_path: Path) -> Callable[[object], Path]:
    def write(content: object) -> Path:
        path = tmp_path / "test.story-in-sequence.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return write


def test_stories_come_in_the_order_of_the_file_and_sentences_in_that_of_the_worker(written: Any) -> None:
    given = document({9: [1, 2], 3: [3, 4]})
    given["annotations"].reverse()
    found = read_annotations(written(given))
    assert [story.id for story in found.stories] == ["3", "9"]
    assert found.stories[1].photos == ("1", "2")
    assert found.stories[1].texts == ("sentence 0 of 9 .", "sentence 1 of 9 .")
    assert found.photos["1"].url == "https://farm1.staticflickr.com/1/1_ab_o.jpg"
    assert found.dropped == {}


def test_the_medium_photo_stands_in_for_the_original_and_ids_may_be_numbers(written: Any) -> None:
    given = document({9: [1]})
    given["images"] = [{**image(1, key="url_m"), "id": 1}]
    given["annotations"] = [sentence(9, 0, 1, worker_arranged_photo_order="0", story_id=9)]
    found = read_annotations(written(given))
    assert (found.stories[0].id, found.stories[0].photos) == ("9", ("1",))
    assert found.photos["1"].url.endswith("1_ab_o.jpg")


def test_stories_with_a_flaw_are_dropped_with_the_reason(written: Any) -> None:
    given = document({1: [1, 2], 2: [1, 2], 3: [1, 2], 4: [1, 2], 5: [1, 2]})
    by_story = {(one[0]["story_id"], one[0]["worker_arranged_photo_order"]): one[0] for one in given["annotations"]}
    by_story["1", 1]["worker_arranged_photo_order"] = 2
    by_story["2", 1]["photo_flickr_id"] = "404"
    by_story["3", 0]["text"] = " "
    by_story["4", 0]["photo_flickr_id"] = "../../passwd"
    given["images"].append({"id": "../../passwd", "url_o": "https://x/1.jpg"})
    found = read_annotations(written(given))
    assert [story.id for story in found.stories] == ["5"]
    assert found.dropped == {
        "1": "its sentences stand at places 0, 2",
        "2": "the file does not describe its photo 404",
        "3": "a sentence of it is empty",
        "4": "'../../passwd' is no id",
    }


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "not VIST's story-in-sequence JSON"),
        ("[]", "not VIST's story-in-sequence JSON"),
        ({"images": []}, "'annotations' is missing"),
        ({"images": [], "annotations": []}, "it holds no story"),
        # Descriptions in isolation have no place in a story.
        (
            {"images": [image(1)], "annotations": [[{"story_id": "1", "photo_flickr_id": "1", "text": "a dog"}]]},
            "'worker_arranged_photo_order' is missing",
        ),
        ("[" * 100_000, "not VIST's story-in-sequence JSON"),
    ],
)
def test_other_files_are_refused(content: object, why: str, written: Any) -> None:
    with pytest.raises(InputError, match=why):
        read_annotations(written(content))


def many(first: int, count: int) -> list[Story]:
    """Stories of five photos each, none shared."""
    return [
        Story(str(number), "77", tuple(str(number * 10 + place) for place in range(5)), ("a",) * 5)
        for number in range(first, first + count)
    ]


def test_the_published_rule_gives_the_published_stories(shared: Path) -> None:
    """The test file holds the stories 45530 to 50584 in this order, each with five photos."""
    published = [name.name.rpartition("_")[2] for name in sorted((shared / "paper").glob("sample_*"))]
    drawn = [story.id for story in draw(many(45530, 5055)).stories]
    assert drawn[:20] == published[:20]
    # Of the second draw three candidates were left out for their photos, which made-up photos cannot show: what was
    # published of it stands in the same order, and not far behind.
    places = [drawn.index(story) for story in published[20:]]
    assert places == [20, 21, 23, 24, 25]


def test_a_draw_passes_over_shared_and_missing_photos() -> None:
    stories = many(1, 10)
    order = list(range(10))
    Random(42).shuffle(order)
    first, second, third, fourth = (stories[place] for place in order[:4])
    # The second in the shuffled order shares a photo with the first, and the third has lost one.
    stories[order[1]] = Story(second.id, "77", (first.photos[0], *second.photos[1:]), second.texts)
    split = draw(stories, draws=(2,), exists=lambda photo: photo != third.photos[3])
    assert [story.id for story in split.stories] == [first.id, fourth.id]
    assert split.rejected == {
        second.id: f"it shares the photo {first.photos[0]} with a story already drawn",
        third.id: f"its photo {third.photos[3]} does not exist",
    }


def test_later_draws_share_no_photo_with_earlier_ones_and_nothing_is_drawn_twice() -> None:
    stories = many(1, 30)
    shared_photo = stories[0].photos[0]
    stories = [
        Story(one.id, "77", (shared_photo, *one.photos[1:]), one.texts) if one.id > "2" else one for one in stories
    ]
    split = draw(stories, draws=(3, 4))
    photos = [photo for story in split.stories for photo in story.photos]
    assert len(split.stories) == len({story.id for story in split.stories}) == 7
    assert len(photos) == len(set(photos))


def test_the_second_draw_shuffles_what_is_left_in_the_order_of_the_file() -> None:
    stories = many(1, 40)
    first = list(stories)
    Random(42).shuffle(first)
    left = [story for story in stories if story not in first[:5]]
    Random(42).shuffle(left)
    assert list(draw(stories, draws=(5, 7)).stories) == first[:5] + left[:7]


def test_stories_of_another_length_are_no_candidates_and_too_few_are_an_error() -> None:
    stories = [*many(1, 3), Story("x", "77", ("a",), ("a",))]
    assert {story.id for story in draw(stories, draws=(3,)).stories} == {"1", "2", "3"}
    with pytest.raises(InputError, match="only 3 of 3 stories"):
        draw(stories, draws=(4,))


@dataclass
class Site:
    """A host of photos: what it answers, path by path, and what it was asked."""

    url: str = ""
    answers: dict[str, list[Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    def says(self, number: int, *answers: Any) -> None:
        """Answers for a photo, one after the other; the last is repeated."""
        self.answers[f"/{number}_ab_o.jpg"] = list(answers)

    def wants(self, folder: Path, *numbers: int) -> list[Wanted]:
        return [Wanted(str(n), f"{self.url}/{n}_ab_o.jpg", (folder / f"{n}.jpg",)) for n in numbers]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.agents.add(self.headers["User-Agent"])
            known = site.answers.get(self.path, [404])
            answer = known.pop(0) if len(known) > 1 else known[0]
            status, headers, body = answer if isinstance(answer, tuple) else (200, {}, answer)
            if isinstance(answer, int):
                status, headers, body = answer, {}, b"sorry"
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Waits:
    """Manners that wait for nothing and keep what they would have waited."""

    seconds: list[float] = field(default_factory=list)

    def manners(self, **changes: Any) -> Manners:
        return Manners(**({"delay": 1.0, "timeout": 5, "sleep": self.seconds.append} | changes))


def test_photos_come_once_with_pauses_and_a_name(site: Site, tmp_path: Path) -> None:
    site.says(1, photo(1))
    site.says(2, photo(2))
    waits, wanted = Waits(), site.wants(tmp_path, 1, 2)
    first = fetch(wanted, Ledger.open(tmp_path / "photos.jsonl"), manners=waits.manners())
    assert (first.came, first.there, first.complete) == (["1", "2"], [], True)
    assert (tmp_path / "2.jpg").read_bytes() == photo(2)
    assert waits.seconds == [1.0], "between two requests, not before the first"
    assert all("photocast" in agent for agent in site.agents)
    ledger = Ledger.open(tmp_path / "photos.jsonl")
    assert ledger.sha256("1") == hashlib.sha256(photo(1)).hexdigest()
    again = fetch(wanted, ledger, manners=waits.manners())
    assert (again.came, again.there) == ([], ["1", "2"])
    assert len(site.asked) == 2


def test_a_photo_of_two_stories_is_asked_for_once(site: Site, tmp_path: Path) -> None:
    site.says(1, photo(1))
    wanted = [Wanted("1", f"{site.url}/1_ab_o.jpg", (tmp_path / "a" / "1.jpg", tmp_path / "b" / "4.jpg"))]
    fetch(wanted, Ledger(tmp_path / "photos.jsonl"), manners=Waits().manners())
    assert (tmp_path / "b" / "4.jpg").read_bytes() == (tmp_path / "a" / "1.jpg").read_bytes()
    assert len(site.asked) == 1


def test_gone_photos_are_noted_and_left_in_peace(site: Site, tmp_path: Path) -> None:
    placeholder = {"Location": f"{site.url}/images/photo_unavailable.png"}
    site.says(1, 404)
    site.says(2, 410)
    site.says(3, (302, placeholder, b""))
    wanted = [*site.wants(tmp_path, 1, 2, 3), Wanted("6", "", (tmp_path / "6.jpg",))]
    wanted.append(Wanted("7", "file:///etc/hosts", (tmp_path / "7.jpg",)))
    ledger = tmp_path / "photos.jsonl"
    gone = fetch(wanted, Ledger.open(ledger), manners=Waits().manners())
    assert gone.gone == {
        "1": "404 Not Found",
        "2": "410 Gone",
        "3": "Flickr says that it is no longer available",
        "6": "VIST names no address of it",
        "7": "file:///etc/hosts is no address of the web",
    }
    assert gone.complete
    asked = len(site.asked)
    assert fetch(wanted, Ledger.open(ledger), manners=Waits().manners()).gone == gone.gone
    assert len(site.asked) == asked
    site.says(1, photo(1))
    assert fetch(wanted, Ledger.open(ledger), manners=Waits().manners(), again_gone=True).came == ["1"]
    assert "1" not in Ledger.open(ledger).gone()


def test_a_redirect_within_the_site_is_followed(site: Site, tmp_path: Path) -> None:
    site.says(1, (301, {"Location": f"{site.url}/2_ab_o.jpg"}, b""))
    site.says(2, photo(2))
    assert fetch(site.wants(tmp_path, 1), Ledger(tmp_path / "l"), manners=Waits().manners()).came == ["1"]
    assert (tmp_path / "1.jpg").read_bytes() == photo(2)


def test_a_host_that_wants_patience_gets_it(site: Site, tmp_path: Path) -> None:
    site.says(1, (429, {"Retry-After": "0"}, b""), (503, {"Retry-After": "7"}, b""), 500, photo(1))
    waits = Waits()
    fetched = fetch(site.wants(tmp_path, 1), Ledger(tmp_path / "l"), manners=waits.manners())
    assert fetched.came == ["1"]
    # Never less than the usual pause; what the host says; then twice twice the pause, for the third failure.
    assert waits.seconds == [1.0, 7.0, 4.0]


def test_a_host_that_wants_more_patience_than_there_is_ends_the_run_and_nothing_is_lost(
    site: Site, tmp_path: Path
) -> None:
    site.says(1, photo(1))
    site.says(2, (429, {"Retry-After": "86400"}, b""))
    wanted, ledger = site.wants(tmp_path, 1, 2), tmp_path / "photos.jsonl"
    with pytest.raises(InputError, match="asks for 86400 s without requests"):
        fetch(wanted, Ledger.open(ledger), manners=Waits().manners())
    site.says(2, photo(2))
    again = fetch(wanted, Ledger.open(ledger), manners=Waits().manners())
    assert (again.there, again.came) == (["1"], ["2"])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((200, {"Content-Length": "5000"}, JPEG[:100]), "it broke off after 100 of 5,000 bytes, 4 times"),
        (JPEG[:100], "it breaks off in the middle, 4 times"),
        (b"<!DOCTYPE html><title>Sign in</title>", "what came is a web page or other marked-up text, 4 times"),
        (b"", "nothing came, 4 times"),
        (403, "the host answered 403"),
        # A host that is another one, as behind the sign-in page of a hotel, says nothing about the photo.
        (
            (302, {"Location": "http://localhost.example/4.jpg"}, b""),
            "its address leads on to http://localhost.example/4.jpg",
        ),
        ((302, {"Location": "file:///etc/hosts"}, b""), "the host answered 302"),
        (500, "the host answered 500, 4 times"),
    ],
)
def test_what_is_no_whole_picture_is_not_kept(answer: Any, reason: str, site: Site, tmp_path: Path) -> None:
    site.says(1, answer)
    fetched = fetch(site.wants(tmp_path, 1), Ledger(tmp_path / "l"), manners=Waits().manners())
    assert fetched.failed == {"1": reason}
    assert not fetched.complete
    assert not (tmp_path / "1.jpg").exists()


def test_a_host_that_is_away_is_not_asked_for_everything(tmp_path: Path, site: Site) -> None:
    site.answers = {f"/{number}_ab_o.jpg": [500] for number in range(9)}
    fetched = fetch(site.wants(tmp_path, *range(9)), Ledger(tmp_path / "l"), manners=Waits().manners(attempts=1))
    assert len(site.asked) == 5
    assert fetched.failed["8"] == "not asked for: the 5 photos before it failed"


def test_other_bytes_than_the_first_time_are_not_kept(site: Site, tmp_path: Path) -> None:
    site.says(1, photo(1))
    wanted, ledger = site.wants(tmp_path, 1), tmp_path / "photos.jsonl"
    fetch(wanted, Ledger.open(ledger), manners=Waits().manners())
    (tmp_path / "1.jpg").write_bytes(b"spoilt")
    site.says(1, photo(2))
    fetched = fetch(wanted, Ledger.open(ledger), manners=Waits().manners())
    expected, actual = (hashlib.sha256(photo(number)).hexdigest()[:12] for number in (1, 2))
    assert fetched.differ == {"1": f"SHA-256 is {actual}…, and came the first time {expected}…"}
    assert (tmp_path / "1.jpg").read_bytes() == b"spoilt", "nothing is put in its place"
    site.says(1, photo(1))
    assert fetch(wanted, Ledger.open(ledger), manners=Waits().manners()).came == ["1"]


def test_hashes_of_somebody_else_are_checked_for_photos_that_are_there_too(site: Site, tmp_path: Path) -> None:
    site.says(1, photo(1))
    wanted, ledger = site.wants(tmp_path, 1), tmp_path / "photos.jsonl"
    fetch(wanted, Ledger.open(ledger), manners=Waits().manners())
    right, wrong = ({"1": hashlib.sha256(photo(number)).hexdigest()} for number in (1, 2))
    assert fetch(wanted, Ledger.open(ledger), manners=Waits().manners(), hashes=right).there == ["1"]
    assert list(fetch(wanted, Ledger.open(ledger), manners=Waits().manners(), hashes=wrong).differ) == ["1"]


def test_a_ledger_survives_a_line_that_was_cut_off_and_refuses_a_strange_one(tmp_path: Path) -> None:
    path = tmp_path / "photos.jsonl"
    path.write_text('{"id":"1","gone":"404"}\n{"id":"2","sha256":"ab', "utf-8")
    ledger = Ledger.open(path)
    assert ledger.gone() == {"1": "404"}
    ledger.note(ledger.entries["1"].model_copy(update={"id": "3"}))
    assert set(Ledger.open(path).gone()) == {"1", "3"}, "the new line does not stick to the old half"
    path.write_text('{"id":"1","colour":"red"}\n', "utf-8")
    with pytest.raises(InputError, match="line 1 is not an entry"):
        Ledger.open(path)


def test_a_local_run_asks_nobody(tmp_path: Path) -> None:
    wanted = [Wanted("1", "http://192.0.2.1/1.jpg", (tmp_path / "1.jpg",))]
    with pytest.raises(LocalOnlyError), local_only():
        fetch(wanted, Ledger(tmp_path / "l"), manners=Waits().manners())


KILLED = """
import os, signal, sys
from pathlib import Path
from photocast.bench.vist import Ledger, Manners, Wanted, fetch

folder, url = Path(sys.argv[1]), sys.argv[2]
wanted = [Wanted(str(n), f"{url}/{n}_ab_o.jpg", (folder / f"{n}.jpg",)) for n in range(6)]
pauses = []

def pause(seconds):
    pauses.append(seconds)
    if len(pauses) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

fetch(wanted, Ledger.open(folder / "photos.jsonl"), manners=Manners(sleep=pause))
"""


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_killed_run_goes_on_where_it_was(site: Site, tmp_path: Path) -> None:
    for number in range(6):
        site.says(number, photo(number))
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path, site.url], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.jpg", "1.jpg", "2.jpg", "photos.jsonl"]
    fetched = fetch(site.wants(tmp_path, *range(6)), Ledger.open(tmp_path / "photos.jsonl"), manners=Waits().manners())
    assert (fetched.there, fetched.came) == (["0", "1", "2"], ["3", "4", "5"])
    assert len(site.asked) == 6


def test_photos_of_the_official_archives_are_taken_by_their_ids(tmp_path: Path) -> None:
    archive = tmp_path / "images" / "test"
    archive.mkdir(parents=True)
    (archive / "1.jpg").write_bytes(photo(1))
    (archive / "2.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(60))
    (archive / "3.jpg").write_bytes(b"<html>")
    (archive / "5.jpg").write_bytes(photo(5))
    wanted = [Wanted(str(n), "", (tmp_path / "out" / f"{n}.jpg",)) for n in range(1, 6)]
    ledger = Ledger(tmp_path / "out" / "photos.jsonl")
    fetched = from_folder(wanted, ledger, tmp_path / "images", {"5": "0" * 64})
    assert fetched.came == ["1", "2"]
    assert fetched.failed == {
        "3": "3.jpg: what came is a web page or other marked-up text",
        "4": f"no file of {tmp_path / 'images'} bears its name",
    }
    assert list(fetched.differ) == ["5"]
    assert from_folder(wanted[:2], ledger, tmp_path / "images", {}).there == ["1", "2"]
    with pytest.raises(InputError, match="it is not a folder"):
        from_folder(wanted, ledger, tmp_path / "nowhere", {})


def test_a_selection_is_an_evaluation_set_that_waits_for_its_photos(written: Any, tmp_path: Path) -> None:
    annotations = read_annotations(written(document({7: [1, 2], 5: [3, 4]})))
    folder = tmp_path / "set"
    selection = write_selection(folder, annotations.stories, annotations, rule="all")
    assert read_selection(folder) == selection
    assert "must not be passed on" in (folder / "NOTICE.txt").read_text("utf-8")
    assert "sentence" not in (folder / "vist.json").read_text("utf-8"), "ids and addresses, no texts"
    waiting = EvaluationSet.open(folder)
    assert [item.id for item in waiting.items] == ["sample_01_story_7", "sample_02_story_5"]
    assert waiting.items[0].story == ("sentence 0 of 7 .", "sentence 1 of 7 .")
    assert [one.file for one in waiting.problems] == ["1_1.jpg", "2_2.jpg", "1_3.jpg", "2_4.jpg"]
    for one in selection.wanted(folder)[:3]:
        one.files[0].write_bytes(photo(int(one.id)))
    ready = EvaluationSet.open(folder)
    assert [[path.name for path in item.photos] for item in ready.items] == [["1_1.jpg", "2_2.jpg"], ["1_3.jpg"]]
    assert [one.file for one in ready.problems] == ["2_4.jpg"]
    assert ready.items[0].title is None, "nothing tells a writer what the story is about"


def test_another_selection_or_other_files_are_not_written_over(written: Any, tmp_path: Path) -> None:
    annotations = read_annotations(written(document({7: [1, 2], 5: [3, 4]})))
    folder = tmp_path / "set"
    write_selection(folder, annotations.stories, annotations, rule="all")
    write_selection(folder, annotations.stories, annotations, rule="all")
    with pytest.raises(InputError, match="it holds another selection"):
        write_selection(folder, annotations.stories[:1], annotations, rule="all")
    with pytest.raises(InputError, match="it holds other files"):
        write_selection(tmp_path, annotations.stories, annotations, rule="all")


def test_a_selection_from_a_stranger_leads_nowhere_else(written: Any, tmp_path: Path) -> None:
    annotations = read_annotations(written(document({7: [1, 2]})))
    write_selection(tmp_path / "set", annotations.stories, annotations, rule="all")
    path = tmp_path / "set" / "vist.json"
    honest = path.read_text("utf-8")
    for good, bad in (("sample_01_story_7", ".."), ('"1"', '"../../1"')):
        path.write_text(honest.replace(good, bad, 1), "utf-8")
        with pytest.raises(InputError, match="cannot use"):
            read_selection(tmp_path / "set")
