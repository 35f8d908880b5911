from pathlib import Path
from typing import Any

import msgspec
import yaml

from photocast.corpus.packing import Packed, read_about, render_card
from photocast.corpus.packing.card import plain
from photocast.corpus.parts import Count
from photocast.corpus.store import LocalStore


def _funnel() -> list[Count]:
    return [
        Count("read", 40, 38, 38, {"no_talk": 2}),
        Count("select", 38, 30, 30, {"monologue": 6, "explicit": 2}),
        Count("window", 30, 27, 61, {"too_short": 3}),
    ]


def test_the_card(packed: Packed, golden: Any) -> None:
    about = msgspec.structs.replace(packed.about, photocast="X.Y.Z", funnel=[*_funnel(), *packed.about.funnel[-1:]])
    golden.check("dataset_card.md", render_card(about))


def test_the_header_is_what_the_hub_reads(folder: Path) -> None:
    _, header, _ = (folder / "README.md").read_text("utf-8").split("---\n", 2)
    read = yaml.safe_load(header)
    assert read["license"] == "cc0-1.0"
    assert read["language"] == ["en"]
    assert [one["split"] for one in read["configs"][0]["data_files"]] == ["train", "validation", "test"]


def test_a_dataset_of_sporc_says_that_it_must_not_be_passed_on(dataset: LocalStore) -> None:
    about = read_about(dataset)
    census = msgspec.structs.replace(about.census, sources={"sporc-1.1": 26}, licences={"": 26})
    card = render_card(msgspec.structs.replace(about, census=census))
    assert "must not be published or passed on" in card
    assert "license: other" in card
    assert "not stated (26)" in card
    assert "passed on" not in render_card(about)


def test_names_cannot_break_the_card(dataset: LocalStore) -> None:
    about = msgspec.structs.replace(read_about(dataset), name='a "name"\n---\n# b | <b>c</b>')
    card = render_card(about)
    assert yaml.safe_load(card.split("---\n", 2)[1])["pretty_name"] == about.name
    assert '\n# a "name" --- \\# b \\| \\<b>c\\</b>\n' in card
    assert plain("a\x00b\n c") == "ab c"
