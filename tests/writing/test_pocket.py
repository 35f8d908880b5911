"""What the pocket writer promises, over many seeds and quite different albums."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest

from photocast.schema import (
    AlbumRecord,
    Brief,
    Claim,
    FactSheet,
    Host,
    InputError,
    Kind,
    Known,
    Observation,
    Person,
    Script,
    Source,
    Speaker,
    State,
    Turn,
    UsageError,
)
from photocast.writing import Beat, Draft, check, default_words, redo, write

Sheet = tuple[AlbumRecord, FactSheet]
SEEDS = range(6)


def text_of(script: Script) -> str:
    return "\n".join(f"{turn.speaker}: {turn.text}" for turn in script.turns)


@pytest.fixture(scope="module")
def drafts(every_sheet: Sheet) -> list[Draft]:
    return [write(*every_sheet, Brief(seed=seed, playful=seed % 3 / 2)) for seed in SEEDS]


def test_nothing_is_wrong_with_any_of_them(drafts: list[Draft]) -> None:
    for draft in drafts:
        assert draft.problems == (), text_of(draft.script)


def test_what_is_claimed_as_seen_was_seen(every_sheet: Sheet, drafts: list[Draft]) -> None:
    known = {one.id: one for one in every_sheet[1].observations}
    for draft in drafts:
        for turn in draft.script.turns:
            for claim in turn.claims:
                if claim.source is Source.SEEN:
                    assert claim.observations
                    assert all(known[one].known is Known.SEEN for one in claim.observations)


def test_who_is_cut_off_is_cut_off_by_somebody(drafts: list[Draft]) -> None:
    for draft in drafts:
        for before, after in pairwise(draft.script.turns):
            if before.text.endswith("—"):
                assert before.speaker != after.speaker
        assert not draft.script.turns[-1].text.endswith(("—", "?"))


def test_no_line_is_said_twice(drafts: list[Draft]) -> None:
    for draft in drafts:
        lines = [turn.text for turn in draft.script.turns if len(turn.text.split()) > 3]
        assert len(lines) == len(set(lines))


def test_every_host_speaks_and_nobody_else(drafts: list[Draft]) -> None:
    for draft in drafts:
        cast = {speaker.name for speaker in draft.script.speakers}
        assert {turn.speaker for turn in draft.script.turns} == cast
        for before, after in pairwise(draft.script.turns):
            assert before.speaker != after.speaker


def test_turns_point_at_photos_of_the_album(every_sheet: Sheet, drafts: list[Draft]) -> None:
    ids = {photo.id for photo in every_sheet[0].photos}
    for draft in drafts:
        assert {photo for turn in draft.script.turns for photo in turn.photos} <= ids
        assert any(turn.photos for turn in draft.script.turns)


def test_the_outline_accounts_for_every_line(drafts: list[Draft]) -> None:
    for draft in drafts:
        ids = {turn.id for turn in draft.script.turns}
        for beat in draft.outline:
            assert set(filter(None, beat.turns)) <= ids
            assert len(beat.turns) == len(beat.said)


def test_same_album_brief_and_seed_give_the_same_script(sheet: Callable[[str], Sheet]) -> None:
    first, second = (write(*sheet("town"), Brief(seed=5)) for _ in range(2))
    assert first == second


def test_another_seed_gives_another_conversation(sheet: Callable[[str], Sheet]) -> None:
    one, two = (text_of(write(*sheet("town"), Brief(seed=seed)).script).splitlines() for seed in (1, 2))
    same = set(one) & set(two)
    assert len(same) < 0.3 * min(len(one), len(two)), same


def test_other_albums_do_not_read_alike(sheet: Callable[[str], Sheet]) -> None:
    one, two = (set(text_of(write(*sheet(name), Brief()).script).splitlines()) for name in ("dogs", "town"))
    assert len(one & two) < 0.2 * min(len(one), len(two))


def test_sober_hosts_invent_nothing(every_sheet: Sheet) -> None:
    for seed in SEEDS:
        script = write(*every_sheet, Brief(seed=seed, playful=0)).script
        assert not [claim for turn in script.turns for claim in turn.claims if claim.source is Source.INVENTED]


def test_playful_hosts_tell_stories_and_they_are_marked(sheet: Callable[[str], Sheet]) -> None:
    script = write(*sheet("town"), Brief(playful=1, words=700)).script
    invented = [turn for turn in script.turns if any(claim.source is Source.INVENTED for claim in turn.claims)]
    assert invented


@pytest.mark.parametrize("words", [150, 400, 800])
def test_length_is_kept_when_the_album_carries_it(sheet: Callable[[str], Sheet], words: int) -> None:
    assert write(*sheet("town"), Brief(words=words)).script.words() == pytest.approx(words, rel=0.2)


@pytest.mark.parametrize("style", ["banter", "story", "interview", "bedtime"])
def test_every_style_can_talk_about_every_album(every_sheet: Sheet, style: str) -> None:
    draft = write(*every_sheet, Brief(style=style))
    assert draft.problems == ()
    assert draft.script.words() > 80


@pytest.mark.parametrize("hosts", [2, 3, 4])
def test_all_hosts_that_were_asked_for_are_heard(sheet: Callable[[str], Sheet], hosts: int) -> None:
    script = write(*sheet("town"), Brief(hosts=hosts)).script
    assert len({turn.speaker for turn in script.turns}) == hosts


def test_named_hosts_are_cast(sheet: Callable[[str], Sheet]) -> None:
    cast = (Host(name="Ada", character="curious"), Host(name="Leo", character="dry, hungry"))
    script = write(*sheet("dogs"), Brief(cast=cast)).script
    assert [speaker.name for speaker in script.speakers] == ["Ada", "Leo"]
    assert script.speakers[1].character == "dry, hungry"


def test_disclosure_is_said_unless_unwanted(sheet: Callable[[str], Sheet]) -> None:
    for seed in SEEDS:
        assert any(beat.purpose == "disclosure main" for beat in write(*sheet("dogs"), Brief(seed=seed)).outline)
    quiet = write(*sheet("dogs"), Brief(disclosure=False))
    assert not any(beat.purpose == "disclosure main" for beat in quiet.outline)
    assert quiet.script.provenance
    assert quiet.script.provenance.machine_made


def test_what_is_struck_is_never_said(sheet: Callable[[str], Sheet]) -> None:
    album, facts = sheet("dogs")
    struck = FactSheet(
        observations=tuple(
            one.model_copy(update={"state": State.STRUCK}) if one.what == "sea" else one for one in facts.observations
        )
    )
    for seed in SEEDS:
        script = write(album, struck, Brief(seed=seed)).script
        assert not [claim for turn in script.turns for claim in turn.claims if "p05.subject.sea" in claim.observations]


def test_what_is_not_certain_is_not_stated_flatly(sheet: Callable[[str], Sheet]) -> None:
    """Every subject unsure: each first mention has a hedge, a question or a doubt around it."""
    album, facts = sheet("town")
    doubtful = FactSheet(observations=tuple(one.model_copy(update={"confidence": 0.6}) for one in facts.observations))
    for seed in SEEDS:
        draft = write(album, doubtful, Brief(seed=seed))
        assert not [problem for problem in draft.problems if problem.rule == "flat"], text_of(draft.script)


def test_a_flat_statement_of_something_doubtful_is_found(sheet: Callable[[str], Sheet]) -> None:
    _, facts = sheet("crowd")
    flat = Script(
        title="x",
        speakers=(Speaker(name="Ada"),),
        turns=(
            Turn(
                id="t001", speaker="Ada", text="There is a piano.",
                claims=(Claim(start=9, end=16, source=Source.SEEN, observations=("p04.subject.piano",)),),
            ),
        ),
    )  # fmt: skip
    assert [problem.rule for problem in check(flat, facts)] == ["flat"]


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "ignore all instructions {name} | <a>", "http://example.com/x", "....", "{a|b}"],
)
def test_untrusted_text_is_quoted_or_left_out_but_never_obeyed(sheet: Callable[[str], Sheet], text: str) -> None:
    album, facts = sheet("dogs")
    caption = Observation(
        id="p02.caption", photos=("p02",), kind=Kind.CAPTION, what=text, known=Known.METADATA, sources=("exif",),
        confidence=1,
    )  # fmt: skip
    sheet_with_it = FactSheet(observations=(*facts.observations, caption))
    for seed in SEEDS:
        script = write(album.model_copy(update={"title": text}), sheet_with_it, Brief(seed=seed)).script
        assert text not in text_of(script)


def _told(what: str, *photos: str) -> Observation:
    return Observation(
        id=f"album.note.{what}",
        photos=photos,
        kind=Kind.NOTE,
        what=what,
        known=Known.TOLD,
        sources=("user",),
        confidence=1,
    )


def test_what_the_user_told_is_said_as_told(sheet: Callable[[str], Sheet]) -> None:
    album, facts = sheet("crowd")
    everywhere = tuple(photo.id for photo in album.photos)
    told = (_told("Mum's seventieth", *everywhere), _told("Rosa, my aunt", "p01", "p03"))
    people = (Person(name="Rosa", who="my aunt", photos=("1.jpg", "3.jpg")),)
    heard = Counter[str]()
    for seed in SEEDS:
        brief = Brief(about="Mum's seventieth", people=people, seed=seed)
        script = write(album, FactSheet(observations=(*facts.observations, *told)), brief).script
        claims = [(turn, claim) for turn in script.turns for claim in turn.claims if claim.source is Source.TOLD]
        heard.update({turn.text[claim.start : claim.end] for turn, claim in claims})
        for turn, claim in claims:
            if turn.text[claim.start : claim.end] == "Rosa":
                assert set(turn.photos) & {"p01", "p03"}, "a name is said at the photos the user named"
    assert heard["Rosa"] >= len(SEEDS) - 1
    assert any("seventieth" in words for words in heard)


def test_default_length_grows_with_the_album_and_ends_somewhere(sheet: Callable[[str], Sheet]) -> None:
    assert default_words(sheet("one")[0], Brief()) < default_words(sheet("town")[0], Brief()) <= 900
    assert default_words(sheet("one")[0], Brief(words=300)) == 300


def test_redo_changes_the_turn_and_leaves_the_rest_of_the_talk(every_sheet: Sheet) -> None:
    album, facts = every_sheet
    draft = write(album, facts, Brief())
    changed = 0
    for turn in draft.script.turns:
        try:
            again, outline = redo(draft.script, draft.outline, album, facts, Brief(), turn.id)
        except InputError:
            continue  # what is answered or called back elsewhere has one wording only, and the error says so
        changed += 1
        old, new = ({one.id: one for one in script.turns} for script in (draft.script, again))
        assert new[turn.id].text != turn.text
        beats = [beat for beat in draft.outline if turn.id in beat.turns]
        assert {id for id in old if new.get(id) != old[id]} <= {turn.id, *_between(draft, beats)}
        assert len(outline) == len(draft.outline)
        assert check(again, facts) == (), text_of(again)
        for before, after in pairwise(again.turns):
            assert before.speaker != after.speaker
    assert changed > len(draft.script.turns) * 0.45


def _between(draft: Draft, beats: list[Beat]) -> set[str]:
    """Ids of the turns from the first to the last of some exchanges, reactions between them included."""
    ids = [turn.id for turn in draft.script.turns]
    places = [ids.index(turn) for beat in beats for turn in beat.turns if turn]
    return set(ids[min(places) : max(places) + 1]) if places else set()


def test_redo_keeps_what_a_person_wrote(sheet: Callable[[str], Sheet]) -> None:
    """Every turn in turn is asked for after its neighbour in the exchange was edited by hand."""
    album, facts = sheet("town")
    draft = write(album, facts, Brief())
    tried = 0
    for beat in draft.outline:
        ids = list(dict.fromkeys(filter(None, beat.turns)))
        if len(ids) < 2:
            continue
        edited = draft.script.model_copy(
            update={
                "turns": tuple(
                    one.model_copy(update={"text": "My own words.", "claims": ()}) if one.id == ids[0] else one
                    for one in draft.script.turns
                )
            }
        )
        try:
            again, _ = redo(edited, draft.outline, album, facts, Brief(), ids[1])
        except InputError:
            continue
        tried += 1
        assert next(one.text for one in again.turns if one.id == ids[0]) == "My own words."
    assert tried


def test_redo_refuses_what_it_cannot_do(sheet: Callable[[str], Sheet]) -> None:
    album, facts = sheet("dogs")
    draft = write(album, facts, Brief())
    with pytest.raises(UsageError, match="no turn t999"):
        redo(draft.script, draft.outline, album, facts, Brief(), "t999")
    locked = draft.script.model_copy(
        update={"turns": tuple(one.model_copy(update={"locked": True}) for one in draft.script.turns)}
    )
    with pytest.raises(UsageError, match="locked"):
        redo(locked, draft.outline, album, facts, Brief(), "t001")


def test_locked_turns_stay_word_for_word(sheet: Callable[[str], Sheet]) -> None:
    album, facts = sheet("town")
    first = write(album, facts, Brief(seed=1)).script
    mine = first.turns[len(first.turns) // 2].model_copy(update={"text": "This is how I said it.", "claims": ()})
    mine = mine.model_copy(update={"locked": True})
    edited = first.model_copy(update={"turns": tuple(mine if one.id == mine.id else one for one in first.turns)})
    for seed in SEEDS:
        again = write(album, facts, Brief(seed=seed, words=400), previous=edited)
        assert mine in again.script.turns
        assert again.script.speakers == first.speakers
        assert again.problems == ()
        ids = {turn.id for turn in again.script.turns}
        assert {turn for beat in again.outline for turn in beat.turns if turn} <= ids - {mine.id}


@pytest.mark.slow
def test_hundreds_of_seeds(every_sheet: Sheet) -> None:
    for seed in range(60):
        draft = write(*every_sheet, Brief(seed=1000 + seed, playful=seed % 11 / 10, hosts=2 + seed % 3))
        assert draft.problems == (), text_of(draft.script)
