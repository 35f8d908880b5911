"""Contact sheets as whoever looks at them meets them."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from PIL import Image

from photocast.corpus.sheets import Sheets, write_sheets
from photocast.corpus.store import LocalStore
from photocast.schema import UsageError
from photocast.testing.pairs import MadePairs, make_pairs, write_dataset

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = "<script>document.title='taken'</script><img src=https://example.org/x onerror=\"document.title='taken'\">"


@pytest.fixture(scope="module")
def sheets(dataset: LocalStore, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sheets]:
    folder = tmp_path_factory.mktemp("sheets")
    return folder, write_sheets(dataset, LocalStore(folder), per_page=20)


@pytest.fixture
def opened(browser: "Browser", sheets: tuple[Path, Sheets]) -> Iterator[Any]:
    contexts = []

    def go(name: str = "sheet-001.html", width: int = 1280, folder: Path = sheets[0]) -> "Page":
        context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.requests, page.complaints = [], []  # type: ignore[attr-defined]
        page.on("request", lambda request: page.requests.append(request.url))  # type: ignore[attr-defined]
        page.on("console", lambda message: page.complaints.append(message.text))  # type: ignore[attr-defined]
        page.goto((folder / name).as_uri())
        return page

    yield go
    for context in contexts:
        context.close()


def test_every_pair_is_on_a_page(sheets: tuple[Path, Sheets], made: MadePairs) -> None:
    folder, written = sheets
    assert written.pages == ("sheet-001.html", "sheet-002.html")
    assert written.pairs == 26
    whole = "".join((folder / name).read_text("utf-8") for name in written.pages)
    assert all(whole.count(f"<code>{pair.id}</code>") == 1 for pair in made.pairs)


def test_the_overview_is_a_picture(sheets: tuple[Path, Sheets]) -> None:
    with Image.open(BytesIO((sheets[0] / "overview.jpg").read_bytes())) as picture:
        assert picture.format == "JPEG"
        assert 0.6 < picture.width / picture.height < 3


def test_only_what_is_asked_for(dataset: LocalStore, tmp_path: Path) -> None:
    assert write_sheets(dataset, LocalStore(tmp_path / "gaps"), only_gaps=True).pairs == 4
    some = write_sheets(dataset, LocalStore(tmp_path / "some"), splits=["train"], most=5, per_page=2)
    assert (some.pairs, len(some.pages)) == (5, 3)
    with pytest.raises(UsageError, match="there is no split 'dev'"):
        write_sheets(dataset, LocalStore(tmp_path), splits=["dev"])


def test_nothing_to_show(tmp_path: Path) -> None:
    write_dataset(tmp_path / "dataset", make_pairs(2, podcasts=1, exchanges=1))
    with pytest.raises(UsageError, match="nothing to show"):
        write_sheets(LocalStore(tmp_path / "dataset"), LocalStore(tmp_path / "sheets"), only_gaps=True)


def test_nothing_is_loaded_and_nothing_complains(opened: Any) -> None:
    page = opened()
    assert page.eval_on_selector_all("img", "all => all.every(one => one.naturalWidth > 0)")
    assert page.requests == [page.url]
    assert page.complaints == []


@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_no_wider_than_the_screen(width: int, opened: Any) -> None:
    assert opened(width=width).evaluate("document.documentElement.scrollWidth") == width


def test_a_picture_shows_its_turns_and_its_prompt(opened: Any) -> None:
    page = opened()
    article = page.locator("article").nth(1)
    prompt = article.locator("li").nth(2).locator("details p").first
    assert not prompt.is_visible()
    article.locator(".pick").nth(2).click()
    assert prompt.is_visible()
    shown = article.locator("p.shown")
    assert shown.count() == 6  # three exchanges
    colour, thing = prompt.inner_text().lower().split()[:2]
    assert colour in shown.first.inner_text()
    assert thing in shown.first.inner_text()
    assert article.locator(".talk").evaluate("talk => talk.scrollTop") > 0
    article.locator(".pick").nth(2).click()
    assert shown.count() == 0


def test_a_number_in_the_talk_leads_to_its_picture(opened: Any) -> None:
    page = opened()
    page.locator("#pair-1 .ref").nth(1).click()
    assert page.locator("#pair-1-2 .pick").get_attribute("aria-pressed") == "true"


def test_gaps_are_shown_with_their_reason_and_can_be_chosen(opened: Any) -> None:
    page = opened()
    assert page.locator(".pick.gap").first.text_content() == "No picturefiltered"
    page.locator("#gaps").click()
    left = page.locator("article:visible").count()
    assert 0 < left < 20
    assert page.locator(".count").inner_text() == f"{left} of 20 pairs"
    assert page.locator("article:visible .pick.gap").count() == left


def test_splits_can_be_chosen(opened: Any) -> None:
    page = opened("sheet-002.html")
    page.get_by_role("button", name="Test").click()
    assert set(page.eval_on_selector_all("article:not([hidden])", "all => all.map(one => one.dataset.split)")) == {
        "test"
    }
    page.get_by_role("button", name="All").click()
    assert page.locator("article[hidden]").count() == 0


def test_keys(opened: Any) -> None:
    page = opened()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "pair-2"
    page.keyboard.press("p")
    assert page.locator("details:not([open])").count() == 0
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/sheet-002.html")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/sheet-001.html")


def test_on_a_phone_the_talk_is_folded(opened: Any) -> None:
    page = opened(width=360)
    talk = page.locator("#pair-1 .talk")
    folded = talk.bounding_box()["height"]
    page.locator("#pair-1 .more").click()
    assert talk.bounding_box()["height"] > 2 * folded


def test_hostile_text_is_shown_as_text(opened: Any, tmp_path: Path) -> None:
    made = make_pairs(2, podcasts=1, exchanges=1)
    excerpt = made.pairs[0].staged.excerpt
    hostile = msgspec.structs.replace(
        excerpt,
        origin=msgspec.structs.replace(excerpt.origin, title=HOSTILE, podcast_title=HOSTILE),
        turns=(msgspec.structs.replace(excerpt.turns[0], text=HOSTILE), *excerpt.turns[1:]),
    )
    scenes = tuple(msgspec.structs.replace(scene, prompt=HOSTILE) for scene in made.pairs[0].staged.scenes)
    staged = msgspec.structs.replace(made.pairs[0].staged, excerpt=hostile, scenes=scenes)
    pairs = (msgspec.structs.replace(made.pairs[0], staged=staged), made.pairs[1])
    write_dataset(tmp_path / "dataset", MadePairs(pairs, made.files, made.episodes))
    write_sheets(LocalStore(tmp_path / "dataset"), LocalStore(tmp_path / "sheets"))
    page = opened(folder=tmp_path / "sheets")
    assert page.title() == "spoken-pictures, sheet 1 of 1"
    assert page.locator("h2", has_text="<script>").count() == 1
    assert page.locator("script").count() == 1
    assert page.requests == [page.url]
