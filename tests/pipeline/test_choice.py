"""Which model writes, and why that one: what goes before what, what belongs together, and what an album may not say."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast.pipeline.settings import gather
from photocast.schema import Brief, ConfigError, Permission, UsageError, Way, Writer

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the user's settings; the current folder is an empty one beside it."""
    (tmp_path / "config").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.setenv("PHOTOCAST_CONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "config"


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"a photo, as far as these tests go")
    return folder


def here(text: str) -> Path:
    path = Path("photocast.toml")
    path.write_text(text, "utf-8")
    return path


def chosen(flags: dict[str, Any] | None = None, **places: Any) -> tuple[str, str]:
    writer = gather(flags or {}, **places).writer
    return writer.model, writer.because


def test_flag_before_environment_before_brief_before_project_before_user(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chosen() == ("pocket", "nothing else is configured")
    (config / "config.toml").write_text('model = "a:user"\n')
    assert chosen() == ("a:user", f"as {config / 'config.toml'} says")
    here('model = "a:project"\n')
    assert chosen() == ("a:project", "as photocast.toml says")
    brief = tmp_path / "brief.toml"
    brief.write_text('model = "a:brief"\n')
    assert chosen(brief_file=brief) == ("a:brief", f"as {brief} says")
    monkeypatch.setenv("PHOTOCAST_MODEL", " a:variable ")
    assert chosen(brief_file=brief) == ("a:variable", "as PHOTOCAST_MODEL in the environment says")
    assert chosen({"model": "a:flag"}, brief_file=brief) == ("a:flag", "as --model says")
    assert chosen({"model": None}, brief_file=brief)[0] == "a:variable"


def test_each_setting_comes_from_the_first_place_that_has_it(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (config / "config.toml").write_text('way = "facts"\nallow = ["names"]\nmax_cost = 1\npatience = 9\n')
    here('allow = ["places", "times"]\nmax_cost = 0.5\n')
    monkeypatch.setenv("PHOTOCAST_MAX_COST", "0.25")
    writer = gather({"patience": 0.0}).writer
    assert writer.way is Way.FACTS
    assert writer.allow == (Permission.PLACES, Permission.TIMES)
    assert (writer.max_cost, writer.patience) == (0.25, 0.0)  # 0 is an answer
    assert gather({"allow": (), "max_cost": 0.0}).writer.max_cost == 0.0


SERVER = 'base_url = "http://10.0.0.1:8000"\nprice = [1, 2]\n'


def test_a_server_and_a_price_belong_to_the_model_beside_them(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (config / "config.toml").write_text(f'model = "openai:mine"\nmax_cost = 3\n{SERVER}')
    writer = gather({}).writer
    assert (writer.model, writer.base_url, writer.price) == ("openai:mine", "http://10.0.0.1:8000", (1.0, 2.0))
    other = gather({"model": "openai:gpt-5-mini"}).writer
    assert (other.base_url, other.price, other.max_cost) == (None, None, 3.0)
    here('model = "openai:gpt-5-mini"\n')
    assert gather({}).writer.base_url is None
    monkeypatch.setenv("PHOTOCAST_BASE_URL", "http://10.0.0.2")
    assert gather({}).writer.base_url == "http://10.0.0.2"  # a place that counts more than the one with the model
    assert gather({"base_url": "http://10.0.0.3"}).writer.base_url == "http://10.0.0.3"
    assert gather({"model": "openai:gpt-5-mini"}).writer.base_url is None


def test_a_server_without_a_model_serves_the_model_of_a_place_that_counts_less(config: Path) -> None:
    (config / "config.toml").write_text('model = "openai:mine"\n')
    here('base_url = "http://10.0.0.1"\n')
    writer = gather({}).writer
    assert (writer.model, writer.base_url) == ("openai:mine", "http://10.0.0.1")
    assert writer.because.endswith("config.toml says")


EPISODE = Writer(
    model="a:then", because="as --model says", way=Way.FACTS, base_url="http://127.0.0.1:8000/v1", max_cost=2.0
)


def test_an_episode_keeps_its_writer_and_heeds_the_limits_of_today(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (config / "config.toml").write_text('model = "a:user"\nway = "direct"\nallow = ["names"]\npatience = 5\n')
    here('model = "a:project"\nmax_cost = 0.1\n')
    monkeypatch.setenv("PHOTOCAST_MODEL", "a:variable")
    writer = gather({}, base=Brief(), writer=EPISODE).writer
    assert writer == EPISODE.model_copy(update={"max_cost": 0.1, "patience": 5.0})
    monkeypatch.setenv("PHOTOCAST_MAX_COST", "0.05")
    assert gather({}, base=Brief(), writer=EPISODE).writer.max_cost == 0.05
    assert gather({"max_cost": 0.9}, base=Brief(), writer=EPISODE).writer.max_cost == 0.9


def test_another_model_for_an_episode_leaves_the_server_of_the_first() -> None:
    writer = gather({"model": "a:now"}, base=Brief(), writer=EPISODE).writer
    assert (writer.model, writer.because, writer.base_url, writer.way) == ("a:now", "as --model says", None, Way.FACTS)


def test_prompts_lie_beside_the_file_that_names_them(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (config / "config.toml").write_text('prompts = "mine"\n')
    assert gather({}).writer.prompts == str(config / "mine")
    brief = tmp_path / "there" / "brief.toml"
    brief.parent.mkdir()
    brief.write_text('prompts = "../mine"\n')
    assert gather({}, brief_file=brief).writer.prompts == str(tmp_path / "there" / "../mine")
    brief.write_text(f'prompts = "{tmp_path}/all"\n')
    assert gather({}, brief_file=brief).writer.prompts == str(tmp_path / "all")
    monkeypatch.setenv("HOME", str(tmp_path))
    brief.write_text('prompts = "~/mine"\n')
    assert gather({}, brief_file=brief).writer.prompts == str(tmp_path / "mine")
    assert gather({"prompts": "of-the-flag"}, brief_file=brief).writer.prompts == "of-the-flag"


def test_a_brief_may_have_the_name_of_the_users_file(tmp_path: Path) -> None:
    brief = tmp_path / "config.toml"
    brief.write_text('style = "story"\nmodel = "a:brief"\n')
    settings = gather({}, brief_file=brief)
    assert (settings.brief.style, settings.writer.model) == ("story", "a:brief")


def test_the_users_file_knows_no_brief(config: Path) -> None:
    (config / "config.toml").write_text('style = "story"\n')
    with pytest.raises(ConfigError, match="unknown key `style`: the keys are model, base_url"):
        gather({})


MISTAKES = [
    ('way = "fast"', "way", "'direct' or 'facts'"),
    ('allow = ["names", "faces"]', "allow", "'filenames'"),
    ("price = [1.0]", "price", "two numbers, dollars for a million tokens in and out"),
    ("price = 3", "price", "two numbers"),
    ("price = [-1, 2]", "price", "greater than or equal to 0"),
    ("max_cost = -0.01", "max_cost", "greater than or equal to 0"),
    ("max_cost = nan", "max_cost", "finite"),
    ('patience = "long"', "patience", "number"),
    ("model = 3", "model", "string"),
]


@pytest.mark.parametrize(("text", "key", "why"), MISTAKES)
@pytest.mark.parametrize("place", ["brief", "project", "user"])
def test_a_mistake_in_a_file_is_told_with_its_line(
    text: str, key: str, why: str, place: str, config: Path, tmp_path: Path
) -> None:
    files = {"brief": tmp_path / "brief.toml", "project": Path("photocast.toml"), "user": config / "config.toml"}
    files[place].write_text(f"# mine\n{text}\n")
    with pytest.raises(ConfigError, match=why) as failed:
        gather({}, brief_file=files["brief"] if place == "brief" else None)
    assert failed.value.what == f"{files[place]}, line 2: `{key}` cannot be used"
    assert failed.value.do


@pytest.mark.parametrize(
    ("flags", "flag", "why"),
    [
        ({"way": "fast"}, "--way", "'direct' or 'facts'"),
        ({"allow": ("faces",)}, "--allow", "'names'"),
        ({"price": (1.0,)}, "--price", "two numbers"),
        ({"max_cost": -1.0}, "--max-cost", "greater than or equal to 0"),
        ({"max_cost": float("nan")}, "--max-cost", "finite"),
    ],
)
def test_a_mistake_in_a_flag_is_told_by_its_name(flags: dict[str, Any], flag: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as failed:
        gather(flags)
    assert flag in failed.value.what
    assert failed.value.do


@pytest.mark.parametrize(
    ("variable", "value"), [("PHOTOCAST_WAY", "fast"), ("PHOTOCAST_MAX_COST", "-1"), ("PHOTOCAST_PATIENCE", "long")]
)
def test_a_mistake_in_the_environment_names_the_variable_and_no_other(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, fine in {"WAY": "facts", "MAX_COST": "1", "PATIENCE": "9", "MODEL": "a:b"}.items():
        monkeypatch.setenv(f"PHOTOCAST_{name}", fine)
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError) as failed:
        gather({})
    assert failed.value.what == f"cannot use {variable}={value}"
    assert (failed.value.why, failed.value.do) != ("", "")


@pytest.mark.parametrize(
    "text",
    [
        *('model = "a:b"', 'base_url = "http://x"', 'allow = ["names"]'),
        *('prompts = "."', "price = [1, 2]", "max_cost = 9"),
    ],
)
def test_an_album_decides_nothing_about_the_writer(text: str, album: Path) -> None:
    (album / "photocast.toml").write_text(f'style = "story"\n{text}\n')
    for sources in ([album], [album / "a.jpg"], [album / "*.jpg"], [album / "a.jpg", Path("b.jpg")]):
        with pytest.raises(ConfigError, match="is not taken from an album's folder") as failed:
            gather({}, sources=sources)
        assert str(album / "photocast.toml") in failed.value.what
        assert f"`{text.partition(' ')[0]}`" in failed.value.what
        assert "config.toml" in failed.value.do
    (album / "photocast.toml").write_text('style = "story"\n')
    settings = gather({}, sources=[album])
    assert (settings.brief.style, settings.writer.model) == ("story", "pocket")


def test_the_current_folder_may_be_the_album(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(album)
    here('model = "a:b"\n')
    (album / "day").mkdir()
    with zipfile.ZipFile("day.zip", "w") as packed:
        packed.write("a.jpg")
    for source in (".", "a.jpg", "*.jpg", "day.zip", "day/..", str(album)):
        with pytest.raises(ConfigError, match="`model` is not taken from an album's folder"):
            gather({}, sources=[Path(source)])
    assert gather({}, sources=[Path("day/")]).writer.model == "a:b"  # the album is below, and the file is not in it


def test_a_folder_of_the_album_is_the_albums_too(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (album / "day").mkdir()
    monkeypatch.chdir(album / "day")
    here('model = "a:b"\n')
    with pytest.raises(ConfigError, match="`model` is not taken"):
        gather({}, sources=[Path("..")])


def test_a_link_in_an_album_is_the_albums(album: Path, tmp_path: Path) -> None:
    (album / "hidden").mkdir()
    (album / "hidden" / "other.toml").write_text('base_url = "http://elsewhere"\n')
    (album / "photocast.toml").symlink_to(album / "hidden" / "other.toml")
    with pytest.raises(ConfigError, match="`base_url` is not taken"):
        gather({}, sources=[album])
    (album / "photocast.toml").unlink()
    (tmp_path / "other.toml").write_text('base_url = "http://elsewhere"\n')
    (album / "photocast.toml").symlink_to(tmp_path / "other.toml")
    with pytest.raises(ConfigError, match="`base_url` is not taken"):
        gather({}, sources=[album])


def test_a_link_to_an_album_is_the_album(album: Path, tmp_path: Path) -> None:
    (album / "photocast.toml").write_text('model = "a:b"\n')
    (tmp_path / "link").symlink_to(album)
    with pytest.raises(ConfigError, match="`model` is not taken"):
        gather({}, sources=[tmp_path / "link"])


def test_a_brief_that_the_user_names_may_lie_anywhere(album: Path) -> None:
    (album / "mine.toml").write_text('model = "a:b"\n')
    assert gather({}, brief_file=album / "mine.toml", sources=[album]).writer.model == "a:b"


def _chosen(flags: dict[str, Any], base: Writer) -> Writer:
    return gather(flags, base=Brief(), writer=base).writer


def test_a_server_that_only_an_episode_names_is_not_used() -> None:
    theirs = Writer(model="openai:any", base_url="http://models.example/v1")
    with pytest.raises(ConfigError, match=r"Add --base-url http://models\.example/v1") as refused:
        _chosen({}, theirs)
    assert "an episode can come from anybody" in refused.value.why
    assert _chosen({"base_url": theirs.base_url}, theirs).base_url == theirs.base_url
    ours = Writer(model="openai:any", base_url="http://127.0.0.1:8000/v1")
    assert _chosen({}, ours) == ours
    assert _chosen({"model": "openai:gpt-5-mini"}, theirs).base_url is None
