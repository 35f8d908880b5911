"""A feed says to three readers what it was made from, whatever letters come."""

from calendar import timegm
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from random import Random
from typing import Any

import feedparser
import podcastparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError

from photocast import __version__
from photocast.publish.feed import DISCLOSURE, FeedEpisode, Show, feed_xml
from photocast.publish.podcasting import show_guid

NAMES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
}
SHOW = Show(
    title="Our walks",
    link="https://example.org/walks/",
    description="Two people and a dog.",
    author="Mum & Dad",
    language="en",
    image="cover.jpg",
)
DOG = FeedEpisode(
    folder="dog at the beach",
    title="Dog at the beach",
    guid="dog-1",
    description="Maya and Theo talk about six photos.",
    date=datetime(2024, 4, 13, 14, 32, 5, tzinfo=UTC),
    audio="episode.mp3",
    size=123456,
    seconds=61.6,
    kind="mp3",
    speakers=("Maya", "Theo"),
    page="index.html",
    captions=("captions.vtt", "captions.srt"),
    transcript="transcript.json",
    chapters="chapters.json",
)
AWKWARD = (
    "Tom & Jerry",
    "a < b > c",
    "<b>bold</b> &amp; &lt;",
    "]]> <![CDATA[x]]>",
    "A woman in space 👩‍🚀",
    "quotes \" and '",
    "مرحبا – 日本",
)


def tree(*episodes: FeedEpisode, show: Show = SHOW) -> Any:
    return etree.fromstring(feed_xml(show, episodes or (DOG,)))[0]


def listened(feed: bytes) -> Any:
    return podcastparser.parse(SHOW.url, BytesIO(feed))


def texts(parent: Any, path: str) -> list[str]:
    return [element.text for element in parent.findall(path, NAMES)]


def test_the_show_as_a_tree() -> None:
    channel = tree()
    assert texts(channel, "title") == ["Our walks"]
    assert texts(channel, "link") == ["https://example.org/walks/"]
    assert texts(channel, "description") == [f"Two people and a dog. {DISCLOSURE}"]
    assert texts(channel, "language") == ["en"]
    assert texts(channel, "generator") == [f"photocast {__version__}"]
    assert texts(channel, "lastBuildDate") == ["Sat, 13 Apr 2024 14:32:05 +0000"]
    assert texts(channel, "itunes:author") == ["Mum & Dad"]
    assert texts(channel, "itunes:explicit") == ["false"]
    assert channel.find("itunes:image", NAMES).attrib == {"href": "https://example.org/walks/cover.jpg"}
    own = channel.find("atom:link", NAMES).attrib
    assert own == {"href": "https://example.org/walks/feed.xml", "rel": "self", "type": "application/rss+xml"}
    assert texts(channel, "podcast:guid") == [show_guid("https://example.org/walks/feed.xml")]


def test_an_episode_as_a_tree() -> None:
    item = tree().find("item")
    base = "https://example.org/walks/dog%20at%20the%20beach"
    assert texts(item, "link") == [f"{base}/index.html"]
    assert (item.findtext("guid"), item.find("guid").get("isPermaLink")) == ("dog-1", "false")
    assert item.find("enclosure").attrib == {"url": f"{base}/episode.mp3", "length": "123456", "type": "audio/mpeg"}
    assert texts(item, "description") == [f"<p>Maya and Theo talk about six photos.</p><p>{DISCLOSURE}</p>"]
    assert texts(item, "itunes:duration") == ["62"]
    assert [dict(one.attrib) for one in item.findall("podcast:transcript", NAMES)] == [
        {"url": f"{base}/{name}", "type": kind, "language": "en", "rel": "captions"}
        for name, kind in (
            ("captions.vtt", "text/vtt"),
            ("captions.srt", "application/x-subrip"),
            ("transcript.json", "application/json"),
        )
    ]
    chapters = {"url": f"{base}/chapters.json", "type": "application/json+chapters"}
    assert item.find("podcast:chapters", NAMES).attrib == chapters
    assert [(one.text, one.get("role")) for one in item.findall("podcast:person", NAMES)] == [
        ("Maya", "host"),
        ("Theo", "host"),
    ]
    assert [(one.text, dict(one.attrib)) for one in item.findall("podcast:txt", NAMES)] == [
        ("true", {"purpose": "ai-content"})
    ]


def test_a_player_finds_the_episode() -> None:
    feed = listened(feed_xml(SHOW, [DOG]))
    assert (feed["title"], feed["link"], feed["language"]) == ("Our walks", "https://example.org/walks/", "en")
    assert (feed["itunes_author"], feed["explicit"], feed["type"]) == ("Mum & Dad", False, "episodic")
    assert feed["cover_url"] == "https://example.org/walks/cover.jpg"
    (episode,) = feed["episodes"]
    assert (episode["title"], episode["guid"], episode["total_time"]) == ("Dog at the beach", "dog-1", 62)
    assert episode["published"] == timegm((2024, 4, 13, 14, 32, 5))
    assert episode["enclosures"] == [
        {
            "url": "https://example.org/walks/dog%20at%20the%20beach/episode.mp3",
            "file_size": 123456,
            "mime_type": "audio/mpeg",
        }
    ]
    assert DISCLOSURE in episode["description"]


def test_a_reader_of_feeds_finds_nothing_amiss() -> None:
    feed = feedparser.parse(feed_xml(SHOW, [DOG]))
    assert (feed.bozo, feed.version) == (False, "rss20")
    assert feed.feed.podcast_guid == show_guid(SHOW.url)
    (entry,) = feed.entries
    assert (entry.id, entry.guidislink) == ("dog-1", False)
    assert entry.published_parsed[:6] == (2024, 4, 13, 14, 32, 5)
    assert entry.enclosures[0].length == "123456"
    assert entry.podcast_chapters["type"] == "application/json+chapters"


@pytest.mark.parametrize(
    ("url", "guid"),
    [  # the two examples of the specification of podcast:guid
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("http://podnews.net/rss/", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
    ],
)
def test_the_id_of_a_show(url: str, guid: str) -> None:
    assert show_guid(url) == guid


@pytest.mark.parametrize(
    ("kind", "media"),
    [("mp3", "audio/mpeg"), ("m4a", "audio/mp4"), ("opus", "audio/ogg"), ("wav", "audio/wav")],
)
def test_each_kind_of_audio_has_its_type(kind: str, media: str) -> None:
    changed = DOG.model_copy(update={"kind": kind, "audio": f"episode.{kind}"})
    enclosure = tree(changed).find("item/enclosure")
    assert (enclosure.get("type"), enclosure.get("url").rpartition("/")[2]) == (media, f"episode.{kind}")


def test_newest_first_and_the_same_bytes_in_any_order() -> None:
    hours = (3, 1, 2, 2)
    episodes = [
        DOG.model_copy(update={"folder": f"f{at}", "guid": f"g{at}", "date": DOG.date + timedelta(hours=hour)})
        for at, hour in enumerate(hours)
    ]
    feed = feed_xml(SHOW, episodes)
    assert [one["guid"] for one in listened(feed)["episodes"]] == ["g0", "g2", "g3", "g1"]
    shuffled = Random(1).sample(episodes, k=4)
    assert shuffled != episodes
    assert feed_xml(SHOW, shuffled) == feed


def test_a_date_keeps_its_moment_in_another_zone() -> None:
    there = DOG.date.astimezone(timezone(timedelta(hours=-7)))
    (episode,) = listened(feed_xml(SHOW, [DOG.model_copy(update={"date": there})]))["episodes"]
    assert episode["published"] == timegm((2024, 4, 13, 14, 32, 5))
    with pytest.raises(ValidationError, match="timezone"):
        FeedEpisode(**DOG.model_dump() | {"date": datetime(2024, 4, 13)})


def test_what_is_not_there_is_not_named() -> None:
    bare = DOG.model_copy(update={"page": None, "captions": (), "transcript": None, "chapters": None})
    item = tree(bare, show=SHOW.model_copy(update={"image": None})).find("item")
    assert {etree.QName(one).localname for one in item} == {
        *("title", "description", "guid", "enclosure", "pubDate"),
        *("duration", "episodeType", "explicit", "person", "txt"),
    }
    assert item.getparent().find("itunes:image", NAMES) is None


@pytest.mark.parametrize("title", AWKWARD)
def test_awkward_titles_arrive_as_they_are(title: str) -> None:
    feed = feed_xml(SHOW.model_copy(update={"title": title}), [DOG.model_copy(update={"title": title})])
    assert etree.fromstring(feed).findtext("channel/item/title") == title
    player = listened(feed)
    assert (player["title"], player["episodes"][0]["title"]) == (title, title)
    assert not feedparser.parse(feed).bozo


@pytest.mark.parametrize("names", AWKWARD)
def test_awkward_names_are_no_tags_in_a_description(names: str) -> None:
    feed = feed_xml(SHOW, [DOG.model_copy(update={"description": f"{names} talk.", "speakers": (names,)})])
    item = etree.fromstring(feed).find("channel/item")
    page = etree.fromstring(f"<div>{item.findtext('description')}</div>")
    assert [one.tag for one in page.iter()] == ["div", "p", "p"]
    assert [one.text for one in page] == [f"{names} talk.", DISCLOSURE]
    assert texts(item, "podcast:person") == [names]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("a\x00b\x1b[31m\x85c", "ab[31mc"),
        ("two\nlines\tand  more", "two lines and more"),
        ("\u202eevil\ufeff\ufffe\uffff", "evil"),
        ("\x07", "dog at the beach"),
        ("", "dog at the beach"),
    ],
)
def test_what_xml_cannot_hold_is_dropped(title: str, shown: str) -> None:
    assert tree(DOG.model_copy(update={"title": title})).findtext("item/title") == shown


def test_a_long_name_is_cut_and_a_speaker_named_once() -> None:
    item = tree(DOG.model_copy(update={"speakers": ("x" * 200, "Maya", "\x00", "Maya ")})).find("item")
    assert texts(item, "podcast:person") == ["x" * 128, "Maya"]


def test_addresses_hold_any_folder_name() -> None:
    enclosure = tree(DOG.model_copy(update={"folder": "50% & ä/?#👩"})).find("item/enclosure")
    assert enclosure.get("url") == "https://example.org/walks/50%25%20%26%20%C3%A4%2F%3F%23%F0%9F%91%A9/episode.mp3"


@settings(max_examples=60)
@given(text=st.text(max_size=40), name=st.text(max_size=20), seconds=st.floats(0.01, 1e5))
def test_any_text_makes_a_feed_that_can_be_read(text: str, name: str, seconds: float) -> None:
    episode = DOG.model_copy(
        update={"title": text, "description": name, "speakers": (name,), "language": text, "seconds": seconds}
    )
    feed = feed_xml(SHOW.model_copy(update={"title": text, "description": text, "author": name}), [episode])
    (heard,) = listened(feed)["episodes"]
    assert heard["guid"] == "dog-1"
    assert abs(heard["total_time"] - seconds) <= 1
    assert not feedparser.parse(feed).bozo
