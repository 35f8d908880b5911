"""A folder of episodes becomes a page of all of them, and nothing that somebody put there is lost."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from lxml import html

from photocast.pipeline.site import make_site, renew_site
from photocast.schema import InputError, Script, UsageError
from photocast.testing.scripts import script_of
from photocast.testing.spoken import spoken, written_episode

LINK = "https://example.org/walks"
NOON = int(datetime(2025, 6, 1, 12, tzinfo=UTC).timestamp())


def talk(title: str) -> Script:
    said = script_of("Ada: look at that, a hill in the sun", "Leo: I am looking")
    turns = (said.turns[0].model_copy(update={"photos": ("p01",)}), *said.turns[1:])
    return said.model_copy(update={"title": title, "turns": turns})


@pytest.fixture
def shows(tmp_path: Path) -> Path:
    """Two episodes that have been spoken, an hour apart."""
    folder = tmp_path / "walks"
    for at, name in enumerate(("hill", "sea")):
        path = spoken(written_episode(folder / name, talk(f"The {name}"), seed=at))
        os.utime(path / "episode.mp3", (NOON, NOON + 3600 * at))
    return folder


def page(folder: Path) -> html.HtmlElement:
    return html.fromstring((folder / "index.html").read_text("utf-8"))


def titles(folder: Path) -> list[str]:
    return [one.text_content() for one in page(folder).xpath("//h3")]


def test_the_newest_episode_is_first_and_all_its_files_are_linked(shows: Path) -> None:
    (shows / "sea" / "episode.mp4").write_bytes(b"a film")
    made = make_site(shows)
    assert (made.path, made.feed, made.notes) == (shows / "index.html", None, ())
    assert titles(shows) == ["The sea", "The hill"]
    sea = page(shows).xpath("//article")[0]
    links = {link.text_content(): link.get("href") for link in sea.xpath(".//ul//a")}
    assert links == {
        "Read and listen": "sea/index.html",
        "Video": "sea/episode.mp4",
        "Audio file": "sea/episode.mp3",
        "Captions": "sea/captions.vtt",
        "Transcript (JSON)": "sea/transcript.json",
    }
    assert all((shows / href).is_file() for href in links.values())
    words = " ".join(sea.text_content().split())
    assert words.startswith("1 June 2025 1:01 The sea ")
    assert "Ada and Leo talk about one photo." in words
    assert "“look at that, a hill in the sun”" in words
    assert sea.xpath(".//audio/@src") == ["sea/episode.mp3"]


def test_it_says_that_machines_made_it_and_loads_nothing(shows: Path) -> None:
    make_site(shows)
    tree = page(shows)
    assert "made by machines" in tree.xpath("//*[@class='disclosure']")[0].text
    assert "made by machines" in tree.xpath("//meta[@name='ai-disclosure']/@content")[0]
    assert not tree.xpath("//link | //meta[starts-with(@property, 'og:')]")
    assert not [src for src in tree.xpath("//img/@src | //script/@src") if not src.startswith("data:")]
    assert "'unsafe" not in tree.xpath("//meta[@http-equiv]/@content")[0]


def test_with_a_link_there_is_a_feed_and_what_others_show_of_a_link(shows: Path) -> None:
    made = make_site(shows, link=f"{LINK}/", title="A & <b>", description="Of hills.", author="Ada")
    assert made.feed is not None
    assert (made.feed.path, made.feed.url) == (shows / "feed.xml", f"{LINK}/feed.xml")
    tree = page(shows)
    assert tree.xpath("//h1/text()") == ["A & <b>"]
    (feed,) = tree.xpath("//link[@rel='alternate']")
    assert (feed.get("type"), feed.get("href")) == ("application/rss+xml", "feed.xml")
    told = {one.get("property"): one.get("content") for one in tree.xpath("//meta[@property]")}
    assert (told["og:url"], told["og:image"], told["og:title"]) == (f"{LINK}/", f"{LINK}/cover.jpg", "A & <b>")
    assert told["og:description"].startswith("Of hills. The words and the voices")


def test_what_the_feed_says_is_kept(shows: Path) -> None:
    make_site(shows, link=LINK, title="Our walks", author="Ada", description="Of hills.")
    first = (shows / "index.html").read_bytes(), (shows / "feed.xml").read_bytes()
    assert make_site(shows).feed is not None
    assert ((shows / "index.html").read_bytes(), (shows / "feed.xml").read_bytes()) == first
    assert renew_site(shows).notes == ()
    assert (shows / "index.html").read_bytes() == first[0]
    os.utime(shows / "hill" / "episode.mp3", (NOON, NOON + 90_000))
    renew_site(shows)
    assert titles(shows) == ["The sea", "The hill"]


def test_a_link_to_this_machine_is_told_to_nobody(shows: Path) -> None:
    make_site(shows, link="http://localhost:8000/")
    text = (shows / "index.html").read_text("utf-8")
    assert "localhost" not in text
    assert 'href="feed.xml"' in text


def test_an_episode_that_is_not_spoken_is_there_to_read(shows: Path) -> None:
    written_episode(shows / "lake", talk("The lake"), seed=7)
    made = make_site(shows)
    lake = next(one for one in made.episodes if one.name == "lake")
    assert (lake.audio, lake.page, lake.links) == (None, "lake/index.html", ())
    assert len(page(shows).xpath("//audio")) == 2


def test_a_series_of_which_nothing_can_be_heard(tmp_path: Path) -> None:
    written_episode(tmp_path / "lake", talk("The lake"))
    made = make_site(tmp_path, link=LINK)
    assert made.feed is None
    assert not (tmp_path / "feed.xml").exists()
    tree = page(tmp_path)
    assert tree.xpath("//*[@class='silent']/text()") == ["None of these has been spoken yet; all can be read."]
    assert not tree.xpath("//audio | //link[@rel='alternate'] | //*[@class='subscribe']")
    assert "media-src" not in tree.xpath("//meta[@http-equiv]/@content")[0]
    assert "voices" not in tree.xpath("//*[@class='disclosure']")[0].text


def test_audio_that_is_older_than_the_conversation_says_so(shows: Path) -> None:
    script = shows / "sea" / "script.md"
    script.write_text(script.read_text("utf-8").replace("I am looking", "I saw it"), "utf-8")
    make_site(shows)
    sea, hill = page(shows).xpath("//article")
    assert sea.xpath(".//*[@class='older']/text()") == ["The conversation was changed after it was spoken."]
    assert not hill.xpath(".//*[@class='older']")


def test_a_page_of_somebody_else_is_never_written_over(shows: Path) -> None:
    (shows / "index.html").write_text("<h1>My own site</h1>", "utf-8")
    with pytest.raises(InputError, match="not made by photocast") as failed:
        make_site(shows, link=LINK)
    assert "Move or rename it" in failed.value.do
    with pytest.raises(InputError, match="not made by photocast"):
        renew_site(shows)
    assert (shows / "index.html").read_text("utf-8") == "<h1>My own site</h1>"
    assert not (shows / "feed.xml").exists()


def test_a_page_that_was_edited_gets_another_name(shows: Path) -> None:
    make_site(shows)
    for number, name in enumerate(("index.edited.html", "index.edited1.html")):
        edited = (shows / "index.html").read_text("utf-8").replace("The sea", f"My sea {number}")
        (shows / "index.html").write_text(edited, "utf-8")
        assert make_site(shows).notes == (f"index.html was edited by hand; your version is now {name}",)
        assert (shows / name).read_text("utf-8") == edited
    assert "The sea" in titles(shows)


@pytest.mark.parametrize("name", ["50% & ä?#👩", os.fsdecode(b"s\xe9a"), 'a "b" <c>'])
def test_addresses_hold_any_folder_name(shows: Path, name: str) -> None:
    (shows / "sea").rename(shows / name)
    make_site(shows)
    hrefs = page(shows).xpath("//article//h3/a/@href")
    assert {unquote_to_bytes(href) for href in hrefs} == {os.fsencode(name) + b"/index.html", b"hill/index.html"}


def test_words_of_an_episode_are_no_tags(shows: Path) -> None:
    written_episode(shows / "x", talk("</h3><script>alert(1)</script>\u202e"), seed=9)
    make_site(shows)
    assert len(page(shows).xpath("//script")) == 1
    assert "</h3><script>alert(1)</script>" in titles(shows)


def test_a_hundred_episodes(tmp_path: Path) -> None:
    first = spoken(written_episode(tmp_path / "e000", talk("A talk")))
    for number in range(1, 100):
        shutil.copytree(first, tmp_path / f"e{number:03d}")
    made = make_site(tmp_path)
    assert len(made.episodes) == len(page(tmp_path).xpath("//article")) == 100
    assert "100 episodes · 1:42:40 to hear" in page(tmp_path).text_content()  # 100 times 61.6 s


@pytest.mark.parametrize(("place", "why"), [("nowhere", "it does not exist"), ("sea", "it is one episode")])
def test_a_folder_without_episodes(shows: Path, place: str, why: str) -> None:
    with pytest.raises(InputError) as failed:
        make_site(shows / place)
    assert failed.value.why == why


@pytest.mark.parametrize("wrong", [{"link": "example.org"}, {"link": "https://a.org/?b"}, {"title": " "}])
def test_words_that_no_show_can_have(shows: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        make_site(shows, **wrong)
    assert not (shows / "index.html").exists()
