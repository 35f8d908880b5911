"""The Python API: plan, look, write, save, and open again."""

from contextlib import suppress
from pathlib import Path

import pytest

from photocast import Album, Episode, Host, Person, Studio
from photocast.schema import Brief, ConfigError, InputError, State, UsageError

ROOT = Path(__file__).resolve().parents[2]


def test_a_plan_looks_at_nothing_and_sends_nothing(album: Album) -> None:
    plan = Studio(seed=5).plan(album, hosts=[Host(name="Ada"), Host(name="Leo")], length="4m", playful=0.1)
    assert plan.brief.seed == 5
    assert [host.name for host in plan.brief.cast] == ["Ada", "Leo"]
    assert plan.words == 600  # 4 minutes at 150 words
    assert plan.writer.model == "pocket"
    assert plan.sending is None
    assert [photo.id for photo in plan.album.photos] == ["p01", "p02", "p03"]


def test_without_a_length_the_album_decides(album: Album) -> None:
    plan = Studio().plan(album)
    assert plan.brief.words is None
    assert plan.words >= 60


def test_hosts_are_a_number_a_line_or_people(album: Album) -> None:
    studio = Studio()
    assert studio.plan(album, hosts=3).brief.hosts == 3
    assert studio.plan(album, hosts="Ada: dry; Leo; Mia").brief.cast[0].character == "dry"
    assert studio.plan(album, hosts=[Host(name="Ada")]).brief.hosts == 2
    with pytest.raises(UsageError):
        studio.plan(album, hosts=7)
    with pytest.raises(UsageError):
        studio.plan(album, hosts=[Host(name=name) for name in "abcde"])


def test_a_brief_stands_for_all_the_rest(album: Album) -> None:
    brief = Brief(style="bedtime", words=500, seed=9)
    assert Studio(seed=1).plan(album, brief=brief).brief == brief


def test_people_are_given_or_read(album: Album, tmp_path: Path) -> None:
    source = album.photos[0].source
    rosa = Person(name="Rosa", who="my aunt", photos=(source,))
    (tmp_path / "people.toml").write_text(f'[[person]]\nname = "Rosa"\nwho = "my aunt"\nphotos = ["{source}"]\n')
    assert Studio().plan(album, people=[rosa]).brief.people == (rosa,)
    assert Studio().plan(album, people=tmp_path / "people.toml").brief.people == (rosa,)
    with pytest.raises(UsageError, match=r"IMG_1\.jpg"):
        Studio().plan(album, people=[Person(name="Rosa", photos=("IMG_1.jpg",))])
    with pytest.raises(ConfigError):
        Studio().plan(album, people=tmp_path / "nobody.toml")


def test_an_episode_is_read_turn_by_turn(episode: Episode) -> None:
    turns = list(episode)
    assert len(turns) == len(episode) == len(episode.script.turns)
    assert {turn.speaker for turn in turns} == {speaker.name for speaker in episode.script.speakers}
    assert episode.report.checks == ()
    assert episode.report.bytes_sent == 0


def test_saved_and_opened_it_is_the_same(episode: Episode, tmp_path: Path) -> None:
    page = episode.save(tmp_path / "loaf")
    assert page == tmp_path / "loaf" / "index.html"
    assert page.is_file()
    again = Episode.open(tmp_path / "loaf")
    assert again.script == episode.script
    assert again.facts == episode.facts
    assert again.plan == episode.plan
    assert again.report == episode.report
    before = {path: path.read_bytes() for path in (tmp_path / "loaf").rglob("*") if path.is_file()}
    again.save(tmp_path / "loaf")
    assert {path: path.read_bytes() for path in before} == before
    assert again.kept == ()


def _can_be_redone(episode: Episode) -> str:
    """The first turn that there is another way to say."""
    for turn in episode:
        trial = Episode(script=episode.script, facts=episode.facts, plan=episode.plan, outline=episode._outline)
        with suppress(InputError):
            trial.redo(turn.id)
            return turn.id
    raise AssertionError("no turn of the script can be said otherwise")


def test_redo_tells_what_changed_and_leaves_the_rest(episode: Episode) -> None:
    before = {turn.id: turn for turn in episode}
    wanted = _can_be_redone(episode)
    changed = episode.redo(wanted)
    assert wanted in [turn.id for turn in changed]
    assert [turn for turn in episode if turn != before[turn.id]] == list(changed)
    assert episode.report.checks == ()


def test_redo_survives_saving(episode: Episode, tmp_path: Path) -> None:
    wanted = _can_be_redone(episode)
    episode.save(tmp_path / "loaf")
    again = Episode.open(tmp_path / "loaf")
    assert again.redo(wanted) == episode.redo(wanted)


def test_redo_of_a_turn_that_is_not_there(episode: Episode) -> None:
    with pytest.raises(UsageError, match="t999"):
        episode.redo("t999")


def test_rewrite_follows_the_facts_as_they_are_now(episode: Episode) -> None:
    said = {one for turn in episode for claim in turn.claims for one in claim.observations}
    wrong = next(one.id for one in episode.facts.observations if one.id in said)
    episode.facts = episode.facts.model_copy(
        update={
            "observations": tuple(
                one.model_copy(update={"state": State.STRUCK}) if one.id == wrong else one
                for one in episode.facts.observations
            )
        }
    )
    assert any(wrong in check or "struck" in check for check in episode.report.checks)
    episode.rewrite()
    assert episode.report.checks == ()
    assert wrong not in {one for turn in episode for claim in turn.claims for one in claim.observations}


def test_rewrite_with_another_brief(episode: Episode) -> None:
    episode.rewrite(episode.plan.brief.model_copy(update={"words": None, "seed": 21}))
    assert episode.plan.brief.seed == 21
    assert episode.report.seed == 21
    assert episode.plan.words >= 60


def test_a_length_that_could_not_be_kept_is_said(episode: Episode) -> None:
    episode.rewrite(episode.plan.brief.model_copy(update={"words": 6000}))
    assert episode.script.words() < 4800
    (note,) = episode.notes()
    assert note.startswith("you asked for 6000 words and got ")
    assert "no more to say" in note
    episode.rewrite(episode.plan.brief.model_copy(update={"words": 400}))
    assert episode.notes() == ()


def test_hosts_that_locked_turns_rule_out_are_said(episode: Episode) -> None:
    first, *rest = episode.script.turns
    locked = (first.model_copy(update={"locked": True}), *rest)
    episode.script = episode.script.model_copy(update={"turns": locked})
    episode.rewrite(episode.plan.brief.model_copy(update={"cast": (Host(name="Zoe"), Host(name="Bob"))}))
    assert first.speaker in [speaker.name for speaker in episode.script.speakers]
    assert any(note.startswith("you asked for Zoe and Bob, but the locked turns") for note in episode.notes())


def test_a_photo_that_is_missing_from_the_page_is_said(episode: Episode, tmp_path: Path) -> None:
    episode.save(tmp_path / "loaf")
    assert Episode.open(tmp_path / "loaf").notes() == episode.notes()
    (tmp_path / "loaf" / "photos" / "p02.jpg").unlink()
    note = Episode.open(tmp_path / "loaf").notes()[-1]
    assert note == "not on the page, for photos/ does not hold them: p02"


def test_an_album_that_is_closed_cannot_be_saved(tmp_path: Path) -> None:
    with Album.open(sorted((ROOT / "examples" / "sourdough_loaf").glob("*.jpg"))[:1]) as album:
        studio = Studio()
        plan = studio.plan(album)
        episode = studio.write(album, plan, studio.look(album, plan))
    with pytest.raises(UsageError, match="closed"):
        episode.save(tmp_path / "loaf")
    assert list(tmp_path.iterdir()) == []
