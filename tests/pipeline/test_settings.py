"""From flags and files to a brief: what wins, and what a mistake is told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.pipeline.settings import gather, read_people
from photocast.pipeline.spoken import parse_hosts, parse_length
from photocast.schema import Brief, ConfigError, Host, Person, UsageError
from photocast.schema.toml import line_of


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [("5m", 750), ("90s", 225), ("800w", 800), ("2.5 min", 375), ("1,5m", 225), (" 60W ", 60), ("300 words", 300)],
)
def test_length_by_hand(text: str, words: int) -> None:
    assert parse_length(text) == words  # 150 words a minute


@pytest.mark.parametrize("text", ["", "5", "5h", "m5", "-5m", "5m30s", "1w", "59w", "41m", "1e9m", "0m", "nan m"])
def test_no_length(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_length(text)
    assert error.value.do


@given(st.integers(60, 6000))
def test_every_number_of_words_can_be_asked_for(words: int) -> None:
    assert parse_length(f"{words}w") == words


def test_hosts() -> None:
    assert parse_hosts("3") == (3, ())
    ada, leo = Host(name="Ada", character="curious, dry: very"), Host(name="Leo")
    assert parse_hosts("Ada: curious, dry: very; Leo") == (2, (ada, leo))
    assert parse_hosts("Leo;") == (2, (leo,))


@pytest.mark.parametrize("text", ["1", "5", "", ";", ": dry", "Ada; ada", "a;b;c;d;e", "x" * 41, "Ada: " + "y" * 201])
def test_no_hosts(text: str) -> None:
    with pytest.raises(UsageError):
        parse_hosts(text)


def test_defaults() -> None:
    settings = gather({})
    assert settings.brief == Brief()
    assert (settings.keep, settings.order) == ((), "time")


def test_flags_beat_the_brief_beats_the_album_beats_the_folder(tmp_path: Path) -> None:
    album = tmp_path / "album"
    album.mkdir()
    (tmp_path / "photocast.toml").write_text('style = "story"\nplayful = 0.1\nseed = 1\nabout = "folder"\n')
    (album / "photocast.toml").write_text('playful = 0.2\nseed = 2\nabout = "album"\n')
    (tmp_path / "brief.toml").write_text('seed = 3\nabout = "brief"\n')
    flags = {"about": "flag", "seed": None, "keep": ()}
    brief = gather(flags, brief_file=tmp_path / "brief.toml", sources=[album]).brief
    assert (brief.style, brief.playful, brief.seed, brief.about) == ("story", 0.2, 3, "flag")


def test_zero_is_an_answer(tmp_path: Path) -> None:
    (tmp_path / "photocast.toml").write_text("playful = 0.9\nseed = 7\ndisclosure = true\n")
    brief = gather({"playful": 0.0, "seed": 0, "disclosure": False}).brief
    assert (brief.playful, brief.seed, brief.disclosure) == (0.0, 0, False)


def test_hosts_of_a_file_and_a_number_from_a_flag(tmp_path: Path) -> None:
    (tmp_path / "photocast.toml").write_text(
        '[[host]]\nname = "Ada"\ncharacter = "dry"\n[[host]]\nname = "Leo"\n[[host]]\nname = "Mia"\n'
    )
    assert [host.name for host in gather({}).brief.cast] == ["Ada", "Leo", "Mia"]
    assert gather({}).brief.hosts == 3
    two = gather({"hosts": "2"}).brief
    assert (two.hosts, [host.name for host in two.cast]) == (2, ["Ada", "Leo"])
    four = gather({"hosts": "4"}).brief
    assert (four.hosts, len(four.cast)) == (4, 3)
    assert [host.name for host in gather({"hosts": "Zoe; Ben"}).brief.cast] == ["Zoe", "Ben"]


def test_people_lie_beside_the_file_that_names_them(tmp_path: Path) -> None:
    album = tmp_path / "album"
    album.mkdir()
    (album / "who.toml").write_text('[[person]]\nname = "Rosa"\nwho = "my aunt"\nphotos = ["a.jpg"]\n')
    (album / "photocast.toml").write_text('people = "who.toml"\n')
    assert gather({}, sources=[album / "a.jpg"]).brief.people == (
        Person(name="Rosa", who="my aunt", photos=("a.jpg",)),
    )
    assert read_people(album / "who.toml")[0].name == "Rosa"


@pytest.mark.parametrize(
    ("text", "line", "named"),
    [
        ('style = "story"\nplayfull = 0.4\n', 2, "playfull"),
        ("\n\nplayful = 4\n", 3, "playful"),
        ('style = "rap"\n', 1, "style"),
        ("hosts = 9\n", 1, "hosts"),
        ("hosts = true\n", 1, "hosts"),
        ('# hosts\n[[host]]\nname = "Ada"\n[[host]]\nname = "Leo"\nmood = "dry"\n', 6, "host.mood"),
        ('[[host]]\ncharacter = "dry"\n', 1, "host.name"),
        ('seed = 1\n[[person]]\nname = ""\n', 3, "person.name"),
        ("[person]\nname = 1\n", 1, "person"),
    ],
)
def test_a_mistake_in_a_file_is_found_by_line_and_key(tmp_path: Path, text: str, line: int, named: str) -> None:
    path = tmp_path / "brief.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        gather({}, brief_file=path)
    assert f"brief.toml, line {line}: " in error.value.what
    assert f"`{named}`" in error.value.what
    assert error.value.do


def test_an_unknown_key_is_told_the_keys_there_are(tmp_path: Path) -> None:
    path = tmp_path / "brief.toml"
    path.write_text('[[host]]\nname = "Ada"\nmood = "dry"\n')
    with pytest.raises(ConfigError, match="the keys are name, character"):
        gather({}, brief_file=path)
    path.write_text("playfull = 1\n")
    with pytest.raises(ConfigError, match=r"the keys are .*playful, "):
        gather({}, brief_file=path)


@pytest.mark.parametrize(
    ("text", "why", "do"),
    [
        ('keep = "IMG_1.jpg"\n', "it has to be a list", 'Write keep = ["…", "…"]'),
        ('[person]\nname = "Ada"\n', "it has to be a list", "Write [[person]] above its keys"),
        ('[[person]]\nname = " "\n', "it is blank", "Write something there"),
    ],
)
def test_a_mistake_is_told_in_the_words_of_the_file(tmp_path: Path, text: str, why: str, do: str) -> None:
    path = tmp_path / "brief.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        gather({}, brief_file=path)
    assert (error.value.why, error.value.do) == (why, do)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"style = \n", "line 1"),
        (b"\xff\xfe", "UTF-8"),
        (b"[[host]\n", "line 1"),
        (b'length = "5h"', "unit"),
        (b'hosts = "1"', "conversation"),
        (b'people = "nobody.toml"', "no such file"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "brief.toml"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=why):
        gather({}, brief_file=path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        gather({}, brief_file=tmp_path / "brief.toml")


def test_a_flag_beyond_what_a_brief_holds() -> None:
    with pytest.raises(UsageError, match="about"):
        gather({"about": "x" * 501})


def test_an_episode_keeps_its_brief_unless_told(tmp_path: Path) -> None:
    (tmp_path / "photocast.toml").write_text('style = "bedtime"\nseed = 7\n')  # of another album, made from here
    base = Brief(seed=4, style="story", about="the wedding")
    assert gather({"seed": 5}, base=base).brief == base.model_copy(update={"seed": 5})


def test_lines_by_hand() -> None:
    text = 'a = 1\n[[host]]\nname = "x"\n[[host]]\nname = "y"\n[other]\nname = 2\n'
    assert line_of(text, ["a"]) == 1
    assert line_of(text, ["host", "name"], 0) == 3
    assert line_of(text, ["host", "name"], 1) == 5
    assert line_of(text, ["host", "mood"], 1) == 4  # the table, when the key is not there
    assert line_of(text, ["b"]) is None
