"""The page says what the script says, and nothing in it can do harm."""

import base64
import hashlib
import re
from datetime import datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from photocast import __version__
from photocast.publish import render_page, words
from photocast.schema import (
    AlbumRecord,
    Claim,
    FactSheet,
    InputError,
    Kind,
    Known,
    Observation,
    Photo,
    Place,
    Script,
    Source,
    Speaker,
    Turn,
)

if TYPE_CHECKING:
    from tests.conftest import Golden
    from tests.publish.conftest import Made

HOSTILE = "<script>document.title='taken'</script><img src=x onerror=alert(1)> \"'&amp; \x00\x1b[31m\u202eevil"


def page_of(made: "Made") -> str:
    return render_page(made.script, made.facts, made.plan.album, made.images)


class Reader(HTMLParser):
    """What a browser would find: elements with their attributes, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data.replace("\u2060", "")  # holds a dash to its word

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page(golden: "Golden", made: "Made") -> None:
    """All that is said on it; the pictures, the style, the script and the version have tests of their own."""
    page = page_of(made).replace(f"photocast {__version__}", "photocast VERSION")
    page = re.sub(r"base64,[A-Za-z0-9+/=]+", "base64,…", page)
    page = re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-…", page)
    golden.check("page.html", re.sub(r"<(style|script)>.*?</", r"<\1>…</", page, flags=re.DOTALL))


def test_every_word_of_the_script_is_on_the_page(made: "Made") -> None:
    text = Reader(page_of(made)).text
    assert all(turn.text in text for turn in made.script.turns)


def test_only_the_page_itself_may_run_and_nothing_may_be_loaded(made: "Made") -> None:
    page = page_of(made)
    reader = Reader(page)
    policy = next(meta["content"] or "" for meta in reader.all("meta") if "http-equiv" in meta)
    assert policy.startswith("default-src 'none'; img-src data:; ")
    for tag in ("style", "script"):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert body
        hashed = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{hashed}'" in policy
    assert [tag for tag, _ in reader.elements if tag in ("link", "iframe", "object", "base", "form")] == []
    assert all((image["src"] or "").startswith("data:image/jpeg;base64,") for image in reader.all("img"))
    assert all((link["href"] or "").startswith("#") for link in reader.all("a"))
    assert not any(name.startswith("on") or name == "style" for _, given in reader.elements for name in given)


def test_every_link_on_the_page_leads_somewhere(made: "Made") -> None:
    reader = Reader(page_of(made))
    ids = [given["id"] for _, given in reader.elements if "id" in given]
    assert len(ids) == len(set(ids))
    assert {(link["href"] or "")[1:] for link in reader.all("a")} <= set(ids)


def test_hostile_text_is_text_everywhere(made: "Made") -> None:
    album = made.plan.album
    photo = album.photos[0].model_copy(update={"caption": HOSTILE, "place": Place(city=HOSTILE, country=HOSTILE)})
    turn = Turn(
        id="t001",
        speaker=HOSTILE[:40],
        text=HOSTILE,
        photos=("p01",),
        claims=(Claim(start=3, end=9, source=Source.TOLD, observations=("p01.caption",)),),
    )
    told = Observation(
        id="p01.caption",
        photos=("p01",),
        kind=Kind.SIGN,
        what=HOSTILE,
        known=Known.TOLD,
        sources=(HOSTILE,),
        confidence=1,
    )
    hostile = made.but(
        script=Script(title=HOSTILE, speakers=(Speaker(name=HOSTILE[:40]),), turns=(turn,), language=HOSTILE),
        facts=FactSheet(observations=(told,)),
        plan=made.plan.model_copy(
            update={
                "album": AlbumRecord(
                    title=HOSTILE,
                    photos=(photo,),
                    set_aside=tuple(
                        one.model_copy(update={"source": HOSTILE, "detail": HOSTILE}) for one in album.set_aside
                    ),
                )
            }
        ),
    )
    page = page_of(hostile)
    reader = Reader(page)
    assert len(reader.all("script")) == 1
    assert len(reader.all("img")) == 1
    assert not any(name.startswith("on") for _, given in reader.elements for name in given)
    assert reader.text.count("<script>document.title='taken'</script>") >= 5
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", page)


def test_the_page_says_that_a_machine_made_it(made: "Made") -> None:
    reader = Reader(page_of(made))
    provenance = made.script.provenance
    assert provenance
    assert provenance.disclosure in reader.text
    assert "no language model" in reader.text
    metas = {meta.get("name"): meta.get("content") for meta in reader.all("meta")}
    assert metas["ai-disclosure"] == provenance.disclosure
    assert metas["digitalSourceType"] == "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"

    model = provenance.model_copy(update={"writer": "remote", "model": "some-model-1"})
    other = page_of(made.but(script=made.script.model_copy(update={"provenance": model})))
    assert "with the model some-model-1" in Reader(other).text
    assert "no language model" not in Reader(other).text
    assert "/trainedAlgorithmicMedia" in other


def test_a_transcript_of_unknown_origin_is_not_called_machine_made(made: "Made") -> None:
    page = page_of(made.but(script=made.script.model_copy(update={"provenance": None})))
    assert "is not recorded" in Reader(page).text
    assert "ai-disclosure" not in page


def test_apostrophes_are_those_of_print(made: "Made") -> None:
    turn = Turn(
        id="t001",
        speaker="Maya",
        text="It's the bakers' dough's 'skin', isn't it",
        claims=(Claim(start=16, end=21, source=Source.INVENTED),),  # ends before the apostrophe of dough's
    )
    text = Reader(page_of(made.but(script=made.script.model_copy(update={"turns": (turn,)})))).text
    assert "It’s the bakers’ dough’s 'skin', isn’t it" in text


@pytest.mark.parametrize(
    ("text", "start", "end", "held"),
    [
        ("a little—", 0, 9, "a little\u2060—"),
        ("a little—", 8, 9, "\u2060—"),  # a claim ends before the dash
        ("—and it", 0, 7, "—and it"),
        ("this — that", 0, 11, "this — that"),
    ],
)
def test_a_dash_stays_with_the_word_it_cuts_off(text: str, start: int, end: int, held: str) -> None:
    assert words.dashes_held(text, start, end) == held


def test_claims_inside_each_other_keep_the_text_whole(made: "Made") -> None:
    turn = Turn(
        id="t001",
        speaker="Maya",
        text="a dog by the sea",
        photos=("p05",),
        claims=(
            Claim(start=0, end=16, source=Source.INVENTED),
            Claim(start=9, end=16, source=Source.SEEN, observations=("p05.subject.sea",)),
        ),
    )
    page = page_of(made.but(script=made.script.model_copy(update={"turns": (turn,)})))
    assert "a dog by the sea" in Reader(page).text
    assert '<span class="claim invented" title="made up by the hosts">a dog by </span>' in page
    assert '<span class="claim invented seen" title="made up by the hosts; seen in photo 5 by ' in page


def test_the_pictures_on_the_page_carry_no_metadata(tmp_path: Path, made: "Made") -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET exif"
    Image.new("RGB", (1600, 1200), "teal").save(
        tmp_path / "p01.jpg", exif=exif, comment=b"SECRET comment", icc_profile=b"SECRET profile"
    )
    page = page_of(made.but(images={"p01": tmp_path / "p01.jpg"}))
    sources = [image["src"] or "" for image in Reader(page).all("img")]
    assert len(sources) == 1
    data = base64.b64decode(sources[0].partition(",")[2])
    assert b"SECRET" not in data
    with Image.open(BytesIO(data)) as picture:
        assert picture.size == (1200, 900)


def test_a_picture_that_is_none_is_said(tmp_path: Path, made: "Made") -> None:
    (tmp_path / "p01.jpg").write_bytes(b"\xff\xd8 not a picture")
    with pytest.raises(InputError) as refused:
        page_of(made.but(images={"p01": tmp_path / "p01.jpg"}))
    assert str(tmp_path / "p01.jpg") in refused.value.what


def test_ten_real_photos_make_a_page_that_can_be_sent(shared: Path, made: "Made") -> None:
    files = sorted((shared / "albums" / "05_sourdough_loaf").glob("*.jpg"))
    photos = [made.plan.album.photos[0].model_copy(update={"id": f"p{n:02d}"}) for n in range(1, len(files) + 1)]
    plan = made.plan.model_copy(update={"album": AlbumRecord(title="loaf", photos=tuple(photos))})
    page = page_of(made.but(plan=plan, images={photo.id: file for photo, file in zip(photos, files, strict=True)}))
    assert len(photos) == 10
    assert len(page.encode()) < 2_500_000


def photo(number: int, taken: datetime | None = None, city: str | None = None, country: str = "Italy") -> Photo:
    place = Place(city=city, country=country) if city else None
    return Photo(id=f"p{number:02d}", source="a", sha256="0", width=1, height=1, taken_at=taken, place=place)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([], None),
        ([(2024, 4, 13)], "13 April 2024"),
        ([(2024, 4, 13), (2024, 4, 11)], "11–13 April 2024"),
        ([(2024, 4, 30), (2024, 5, 1)], "April–May 2024"),
        ([(2023, 12, 31), (2024, 1, 1)], "2023–2024"),
    ],
)
def test_when(days: list[tuple[int, int, int]], said: str | None) -> None:
    assert words.when([photo(n, datetime(*day)) for n, day in enumerate(days, 1)] + [photo(9)]) == said


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([], None),
        ([("Arezzo", "Italy")], "Arezzo, Italy"),
        ([("Arezzo", "Italy"), ("Siena", "Italy"), ("Arezzo", "Italy")], "Arezzo and Siena, Italy"),
        ([("Lyon", "France"), ("Turin", "Italy")], "Lyon and Turin"),
        ([(name, "Italy") for name in ("Pisa", "Lucca", "Siena", "Arezzo")], "Pisa, Lucca and 2 more, Italy"),
    ],
)
def test_where(places: list[tuple[str, str]], said: str | None) -> None:
    assert words.where([photo(n, None, *place) for n, place in enumerate(places, 1)]) == said


@pytest.mark.parametrize(
    ("photos", "known", "sources", "confidence", "said"),
    [
        (("p03",), "seen", ("detector",), 0.95, "seen in photo 3 by the detector, very sure"),
        (("p03",), "seen", ("colour", "ocr"), 0.6, "seen in photo 3 by its colours and the text reader, not very sure"),
        (("p01", "p02", "p03", "p05"), "seen", ("colour",), 0.2, "seen in photos 1–3 and 5 by its colours, unsure"),
        (("p04",), "metadata", ("exif",), 1, "recorded with photo 4 by the camera"),
        (("p02",), "told", ("sidecar",), 1, "told by a captions file, about photo 2"),
        (("p02",), "told", ("folder",), 1, "told by the file and folder names"),
        (("p01", "p02"), "told", ("user",), 1, "told by whoever made this page"),
    ],
)  # fmt: skip
def test_what_a_claim_rests_on(
    photos: tuple[str, ...], known: str, sources: tuple[str, ...], confidence: float, said: str
) -> None:
    one = Observation(
        id="o", photos=photos, kind=Kind.NOTE, what="x", known=Known(known), sources=sources, confidence=confidence
    )
    claim = Claim(start=0, end=1, source=Source(known), observations=("o",))
    assert words.grounds(claim, {"o": one}, {f"p{n:02d}": n for n in range(1, 7)}) == said


def test_a_claim_whose_observation_is_gone_says_so() -> None:
    claim = Claim(start=0, end=1, source=Source.SEEN, observations=("gone",))
    assert words.grounds(claim, {}, {}) == "seen, on grounds no longer in the fact sheet"


def test_a_photo_is_described_by_what_was_made_out(made: "Made") -> None:
    assert words.seen_in(made.plan.album.photos[0], made.facts.observations) == (
        "a dog; scene: leaves; perhaps undergrowth"
    )
