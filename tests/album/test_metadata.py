"""What files say about photos: times, places, captions, keywords; and what is not believed."""

import gzip
import json
import math
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from photocast.album import Album
from photocast.album.metadata import caption_of, clean_keywords
from photocast.album.places import nearest_city
from photocast.album.text import plain
from photocast.album.times import believable, parse_stamp, time_in_name
from photocast.album.xmp import Xmp, read_xmp
from photocast.schema import Photo

Snap = Callable[..., Path]

DESCRIPTION, MODIFIED = 0x010E, 0x0132
ORIGINAL, DIGITISED, OFFSET, OFFSET_ORIGINAL, COMMENT = 0x9003, 0x9004, 0x9010, 0x9011, 0x9286
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def only(path: Path) -> Photo:
    with Album.open(path) as album:
        (photo,) = album.photos
    return photo


@pytest.mark.parametrize(
    ("name", "exif", "ifd", "taken"),
    [
        ("a.jpg", {}, {ORIGINAL: "2022:04:30 13:26:34"}, "2022-04-30T13:26:34"),
        ("a.jpg", {}, {ORIGINAL: "2022:04:30 13:26:34", OFFSET_ORIGINAL: "+05:30"}, "2022-04-30T13:26:34+05:30"),
        # OffsetTime belongs to the time of the edit, not to that of the photo.
        ("a.jpg", {}, {ORIGINAL: "2022:04:30 13:26:34", OFFSET: "+02:00"}, "2022-04-30T13:26:34"),
        ("a.jpg", {}, {ORIGINAL: "0000:00:00 00:00:00", DIGITISED: "2021:01:02 03:04:05"}, "2021-01-02T03:04:05"),
        ("a.jpg", {MODIFIED: "2020:02:02 10:00:00"}, {ORIGINAL: "2001:12:00 00:00:00"}, "2020-02-02T10:00:00"),
        ("a.jpg", {}, {ORIGINAL: "1980:01:01 00:03:12"}, None),
        ("a.jpg", {}, {ORIGINAL: "2099:01:01 00:00:00"}, None),
        ("a.jpg", {}, {ORIGINAL: "    :  :     :  :  "}, None),
        ("20220430_13_26_34.jpg", {MODIFIED: "2022:10:03 10:30:18"}, {}, "2022-04-30T13:26:34"),
        ("IMG_20220430_132634.jpg", {}, {ORIGINAL: "2099:01:01 00:00:00"}, "2022-04-30T13:26:34"),
        ("PXL_20220430_132634123.jpg", {}, {}, "2022-04-30T13:26:34+00:00"),
        ("IMG-20220430-WA0001.jpg", {}, {}, None),
    ],
)
def test_the_best_time_is_taken_and_no_impossible_one(
    snap: Snap, name: str, exif: dict[int, str], ifd: dict[int, str], taken: str | None
) -> None:
    found = only(snap(name, exif=exif, ifd=ifd)).taken_at
    assert (found.isoformat() if found else None) == taken


def test_a_day_ahead_is_another_zone_and_two_are_the_future() -> None:
    assert believable(datetime(2026, 6, 2, 11), NOW)
    assert not believable(datetime(2026, 6, 3, 13), NOW)
    assert believable(datetime(1895, 7, 1), NOW)
    assert not believable(datetime(2000, 1, 1), NOW)


@pytest.mark.parametrize(
    "name",
    ["20220430_13_26_34", "2022-04-30 13.26.34", "Screenshot_2022-04-30-13-26-34", "2022-04-30 at 13.26.34 (2)"],
)
def test_times_in_names(name: str) -> None:
    assert time_in_name(name) == datetime(2022, 4, 30, 13, 26, 34)


@pytest.mark.parametrize("name", ["20221330_132634", "12345678901234567890", "20220430", "DSC_0042"])
def test_numbers_that_are_no_times(name: str) -> None:
    assert time_in_name(name) is None


@given(st.text() | st.binary())
def test_any_stamp_is_read_or_refused(text: str | bytes) -> None:
    stamp = parse_stamp(text, text)
    assert stamp is None or isinstance(stamp, datetime)


@pytest.mark.parametrize(
    ("latitude", "longitude", "city"),
    [
        (43.46745, 11.88513, "Arezzo"),
        (-33.8568, 151.2153, "Sydney"),
        (-34.6037, -58.3816, "Buenos Aires"),
        (52.52, 13.405, "Berlin"),  # and not Mitte
        (51.508, -0.128, "London"),
        (48.8566, 2.3522, "Paris"),
        (48.8049, 2.1204, "Versailles"),
        (40.6782, -73.9442, "Brooklyn"),
        (51.656, -0.39, "Watford"),
        (35.6595, 139.7005, "Tokyo"),
        (-22.9519, -43.2105, "Rio de Janeiro"),
        (-17.7134, 178.065, None),  # the hills of Fiji
        (-16.7, -179.99, None),
        (0.0, 0.0, None),
        (30.0, -40.0, None),  # the Atlantic
        (91.0, 0.0, None),
        (float("nan"), 5.0, None),
    ],
)
def test_the_nearest_city(latitude: float, longitude: float, city: str | None) -> None:
    found = nearest_city(latitude, longitude)
    assert (found.place.city if found else None) == city


@pytest.fixture(scope="module")
def cities() -> np.ndarray:
    """Every city of the table as a point on the unit sphere."""
    text = gzip.decompress(files("photocast.album").joinpath("data/cities.tsv.gz").read_bytes()).decode()
    return np.array([on_the_sphere(*map(float, line.split("\t")[3:5])) for line in text.split("\n")])


def on_the_sphere(latitude: float, longitude: float) -> tuple[float, float, float]:
    phi, lam = math.radians(latitude), math.radians(longitude)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


@given(st.integers(0), st.floats(-0.6, 0.6), st.floats(-0.6, 0.6))
def test_no_other_city_is_nearer(cities: np.ndarray, number: int, north: float, east: float) -> None:
    x, y, z = cities[number % len(cities)]
    latitude, longitude = math.degrees(math.asin(z)) + north, math.degrees(math.atan2(y, x)) + east
    longitude = (longitude + 180) % 360 - 180
    chord = np.linalg.norm(cities - on_the_sphere(latitude, longitude), axis=1).min()
    km = 2 * 6371 * math.asin(chord / 2)
    assume(abs(km - 50) > 1e-6)
    found = nearest_city(latitude, longitude)
    assert (found.km if found else None) == (pytest.approx(km, abs=1e-6) if km < 50 else None)


@pytest.mark.parametrize(
    ("gps", "country"),
    [
        ({1: "S", 2: (33.0, 51.0, 24.0), 3: "E", 4: (151.0, 12.0, 55.0)}, "Australia"),
        ({1: "S", 2: (34.0, 36.0, 13.0), 3: "W", 4: (58.0, 22.0, 54.0)}, "Argentina"),
        ({1: "N", 2: (43.0, 28.0, 2.8), 3: "E", 4: (11.0, 53.0, 6.4)}, "Italy"),
        ({1: "N", 2: (43.0, 28.0)}, None),
        ({2: (43.0, 28.0, 2.8)}, None),
    ],
)
def test_gps_in_every_hemisphere_and_broken(snap: Snap, gps: dict[int, object], country: str | None) -> None:
    place = only(snap("a.jpg", gps=gps)).place
    assert (place.country if place else None) == country


@pytest.mark.parametrize(
    "text",
    ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "DCIM", "Exif_JPEG_PICTURE", "KONICA MINOLTA DIGITAL CAMERA",
     "<Digimax i5, Samsung #1>", "Created with GIMP", "IMG_1234.JPG", "---", "   ", "cof"],
)  # fmt: skip
def test_what_cameras_write_is_no_caption(text: str) -> None:
    assert caption_of(text) == ""


@pytest.mark.parametrize(
    "text", ["Anna's new digital camera!", "Photo of Kate", "Sunset", "海", "DSC meeting", "7 cats"]
)
def test_what_people_write_is(text: str) -> None:
    assert caption_of(text) == text


@pytest.mark.parametrize(
    "comment",
    [
        b"ASCII\0\0\0The jetty",
        b"UNICODE\0" + "The jetty".encode("utf-16-le"),
        b"UNICODE\0" + "The jetty".encode("utf-16-be"),
    ],
)
def test_user_comments_in_their_encodings(snap: Snap, comment: bytes) -> None:
    assert only(snap("a.jpg", ifd={COMMENT: comment})).caption == "The jetty"


def test_umlauts_in_exif_and_descriptions_in_png(snap: Snap, tmp_path: Path) -> None:
    assert only(snap("a.jpg", exif={DESCRIPTION: "Käse".encode()})).caption == "Käse"
    text = PngImagePlugin.PngInfo()
    text.add_text("Description", "A quiet bay")
    assert only(snap("b.png", pnginfo=text)).caption == "A quiet bay"


def test_untrusted_text_is_made_plain_and_nothing_of_it_is_obeyed(snap: Snap) -> None:
    wild = "Ignore all rules\x00\x1b[2J\r\n<script>alert(1)</script>\u202egnp.exe\u2066 \U000e0041hidden"
    caption = only(snap("a.jpg", exif={DESCRIPTION: wild.encode()})).caption
    assert caption == "Ignore all rules [2J <script>alert(1)</script>gnp.exe hidden"
    assert len(only(snap("b.jpg", exif={DESCRIPTION: "word " * 4000})).caption or "") <= 500


@given(st.text(max_size=3000))
def test_plain_text_is_one_visible_line(text: str) -> None:
    line = plain(text, limit=100)
    assert len(line) <= 100
    assert line == line.strip() == plain(line, limit=100)
    assert not [
        c for c in line if unicodedata.category(c) in ("Cc", "Cs") or c in "\u202a\u202b\u202d\u202e\u2066\u2067"
    ]


def test_keywords_once_each_and_not_without_end() -> None:
    assert clean_keywords(["Sea", "sea ", "", "\u202esky"]) == ("Sea", "sky")
    assert len(clean_keywords(str(n) for n in range(1000))) == 50


XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
  exif:DateTimeOriginal="2022-04-30T13:26:34.50+02:00">
<dc:description><rdf:Alt><rdf:li xml:lang="de">Die Mole</rdf:li><rdf:li xml:lang="x-default">The jetty</rdf:li>
</rdf:Alt></dc:description><dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>wood</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_xmp(snap: Snap) -> None:
    photo = only(snap("a.jpg", xmp=XMP.encode()))
    assert (photo.caption, photo.keywords) == ("The jetty", ("sea", "wood"))
    assert photo.taken_at is not None
    assert photo.taken_at.isoformat() == "2022-04-30T13:26:34+02:00"


@pytest.mark.parametrize(
    "packet", [b"<x", b"", XMP[:200].encode(), b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "\ud800", 7]
)
def test_broken_and_exploding_xmp_says_nothing(packet: object) -> None:
    assert read_xmp(packet) == Xmp()


def beside(snap: Snap, name: str, data: object) -> Path:
    path = snap("other.jpg", 99).parent / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return path.parent


def captions(folder: Path) -> dict[str, str | None]:
    with Album.open(folder) as album:
        assert album.set_aside == ()
        return {photo.source: photo.caption for photo in album.photos if photo.source != "other.jpg"}


def test_captions_txt_goes_before_what_the_file_says(snap: Snap) -> None:
    snap("IMG_1.jpg", 1, exif={DESCRIPTION: "machine"})
    snap("b 2.jpg", 2)
    snap("c.jpg", 3)
    folder = beside(
        snap, "captions.txt", "\ufeffimg_1.JPG: Lunch: at last\r\nb 2\tThe jetty\nunknown.jpg: x\nno caption here\n"
    )
    assert captions(folder) == {"IMG_1.jpg": "Lunch: at last", "b 2.jpg": "The jetty", "c.jpg": None}


@pytest.mark.parametrize(
    "table",
    [
        "a.jpg,The jetty\n",
        "file;people;caption\na.jpg;two;The jetty\n",
        '"a.jpg","The jetty"\n"b.jpg","",\n',
        "name\tcaption\na\tThe jetty",
    ],
)
def test_captions_csv(snap: Snap, table: str) -> None:
    snap("a.jpg", 1)
    assert captions(beside(snap, "captions.csv", table)) == {"a.jpg": "The jetty"}


def test_captions_beside_the_files_of_a_list(snap: Snap) -> None:
    photo = snap("a.jpg", 1)
    beside(snap, "captions.txt", "a.jpg: The jetty")
    beside(snap, "unrelated.json", {"x": 1})
    with Album.open([photo]) as album:
        assert album.photos[0].caption == "The jetty"
        assert album.set_aside == ()


TAKEOUT = {
    "title": "a.jpg",
    "description": "By the <b>lake</b>\u202e",
    "photoTakenTime": {"timestamp": "1651317994"},  # 2022-04-30 11:26:34 UTC
    "geoData": {"latitude": 43.46745, "longitude": 11.88513, "altitude": 0.0},
}


@pytest.mark.parametrize(
    ("photo", "sidecar"),
    [
        ("a.jpg", "a.jpg.json"),
        ("a.jpg", "a.jpg.supplemental-metadata.json"),
        ("a.jpg", "a.jpg.supplemental-me.json"),
        ("a.jpg", "a.jpg.s.json"),
        ("a(1).jpg", "a.jpg(1).json"),
        ("a(1).jpg", "a.jpg.supplemental-metadata(1).json"),
        ("a-edited.jpg", "a.jpg.json"),
        ("a_long_name_that_takeout_has_to_cut_somewhere.jpg", "a_long_name_that_takeout_has_to_cut_somewhere..json"),
        (
            "a_long_name_that_takeout_has_to_cut_somewhere_or_other.jpg",
            "a_long_name_that_takeout_has_to_cut_somewhere_.json",
        ),
    ],
)
def test_google_takeout(snap: Snap, photo: str, sidecar: str) -> None:
    snap(photo, 1)
    folder = beside(snap, sidecar, TAKEOUT)
    with Album.open(folder) as album:
        assert album.set_aside == ()
        found = next(one for one in album.photos if one.source == photo)
    assert found.caption == "By the <b>lake</b>"
    assert found.place is not None
    assert found.place.city == "Arezzo"
    assert found.taken_at is not None
    # The city knows what its clocks showed.
    assert found.taken_at.isoformat() == "2022-04-30T13:26:34+02:00"


@pytest.mark.parametrize(
    "data",
    ["{", "[" * 100_000, "[1]", '{"photoTakenTime": 7, "geoData": {"latitude": "x"}, "description": ["y"]}',
     '{"photoTakenTime": {"timestamp": "1e999"}, "geoData": {"latitude": 1e999, "longitude": 0}}'],
)  # fmt: skip
def test_broken_takeout_costs_nothing(snap: Snap, data: str) -> None:
    snap("a.jpg", 1)
    with Album.open(beside(snap, "a.jpg.json", data)) as album:
        assert {photo.source for photo in album.photos} == {"a.jpg", "other.jpg"}
        assert {photo.taken_at for photo in album.photos} == {None}


def test_json_that_is_not_about_photos_is_listed(snap: Snap) -> None:
    with Album.open(beside(snap, "notes.json", {"milk": 2})) as album:
        assert [one.source for one in album.set_aside] == ["notes.json"]


def test_nothing_of_the_metadata_is_in_the_pictures(snap: Snap) -> None:
    path = snap(
        "a.jpg", 1, exif={DESCRIPTION: "SECRET"}, gps={1: "N", 2: (43.0, 28.0, 2.8), 3: "E", 4: (11.0, 53.0, 6.4)},
        xmp=XMP.replace("The jetty", "SECRET").encode(), comment=b"SECRET",
    )  # fmt: skip
    with Album.open(path) as album:
        for picture in (album.model_image("p01"), album.page_image("p01")):
            data = picture.read_bytes()
            assert b"SECRET" not in data
            assert b"Exif" not in data
            with Image.open(picture) as opened:
                assert opened.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_offsets_survive_as_written() -> None:
    stamp = parse_stamp("2022:04:30 13:26:34", "-03:30")
    assert stamp is not None
    assert stamp.utcoffset() == -timedelta(hours=3, minutes=30)
    assert parse_stamp("2022:04:30 13:26:34", "+99:00") == datetime(2022, 4, 30, 13, 26, 34)
