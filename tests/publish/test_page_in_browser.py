"""The page as a reader meets it: opened from a file in Chromium."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from photocast.publish import render_page

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install photocast[test]"
)
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from tests.publish.conftest import Made

HOSTILE = (
    "<script>document.title='taken'</script><img src=https://example.org/x onerror=\"document.title='taken'\">\x07"
)


@dataclass
class Opened:
    """A page, with all it asked for and complained about."""

    page: "Page"
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def is_current(self, name: str) -> bool:
        return self.page.locator(f"#{name}").get_attribute("aria-current") == "true"

    def current(self, kind: str) -> list[str]:
        found: list[str] = self.page.eval_on_selector_all(f".{kind}[aria-current]", "all => all.map(one => one.id)")
        return found

    def focused(self) -> str:
        name: str = self.page.evaluate("(document.activeElement.closest('[id]') || document.body).id")
        return name


@pytest.fixture
def open_page(browser: "Browser", tmp_path: Path, made: "Made") -> Iterator[Any]:
    contexts = []

    def opened(made: "Made" = made, width: int = 1280, height: int = 860, fragment: str = "", **more: Any) -> Opened:
        path = tmp_path / "index.html"
        path.write_text(render_page(made.script, made.facts, made.plan.album, made.images), "utf-8")
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **more)
        contexts.append(context)
        result = Opened(context.new_page())
        result.page.on("request", lambda request: result.requests.append(request.url))
        result.page.on("console", lambda message: result.complaints.append(message.text))
        result.page.on("pageerror", lambda error: result.complaints.append(str(error)))
        result.page.goto(path.as_uri() + fragment)
        return result

    yield opened
    for context in contexts:
        context.close()


def test_nothing_is_loaded_and_nothing_complains(open_page: Any) -> None:
    opened = open_page()
    opened.page.mouse.wheel(0, 5000)
    opened.page.locator("footer").scroll_into_view_if_needed()
    assert opened.page.eval_on_selector_all("img", "all => all.filter(one => one.naturalWidth > 0).length") == 6
    assert opened.requests == [opened.page.url]
    assert opened.complaints == []


def test_the_policy_stops_what_would_be_loaded(open_page: Any) -> None:
    """As if something had slipped through: the browser itself must refuse."""
    opened = open_page()
    for element in (
        "Object.assign(new Image(), {src: 'https://example.org/x.png'})",
        "Object.assign(document.createElement('script'), {textContent: 'document.title = 0'})",
    ):
        with opened.page.expect_console_message(lambda message: "Content Security Policy" in message.text):
            opened.page.evaluate(f"document.body.append({element})")
    assert opened.page.title() == "Dog at the beach"


def test_hostile_text_is_shown_as_text(open_page: Any, made: "Made") -> None:
    photo = made.plan.album.photos[0].model_copy(update={"caption": HOSTILE})
    album = made.plan.album.model_copy(update={"photos": (photo, *made.plan.album.photos[1:])})
    turn = made.script.turns[0].model_copy(update={"text": HOSTILE, "claims": ()})
    script = made.script.model_copy(update={"title": HOSTILE, "turns": (turn, *made.script.turns[1:])})
    opened = open_page(made.but(script=script, plan=made.plan.model_copy(update={"album": album})))
    shown = HOSTILE.removesuffix("\x07")
    assert opened.page.title() == shown
    assert opened.page.locator("h1").inner_text() == shown
    assert opened.page.locator("#t001 .says").inner_text() == shown
    assert shown in opened.page.locator("#p01 figcaption").inner_text()
    assert opened.page.locator("script").count() == 1
    assert opened.page.locator("img").count() == 6
    assert opened.complaints == []


def test_a_click_on_a_turn_shows_its_photo_and_what_it_rests_on(open_page: Any) -> None:
    opened = open_page()
    assert opened.current("photo") == ["p01"]
    assert not opened.page.locator("#t013 .grounds").is_visible()
    opened.page.locator("#t013 .says").click()
    assert opened.current("turn") == ["t013"]
    assert opened.current("photo") == ["p04"]
    assert opened.page.locator("#p04 img").is_visible()
    assert opened.page.locator("#t013 .grounds").inner_text() == (
        "wet rock seen in photo 4 by the classifier, fairly sure"
    )


def test_a_turn_about_several_photos_shows_them_all(open_page: Any) -> None:
    opened = open_page()
    opened.page.locator("#t003 .says").click()
    assert opened.current("photo") == ["p01"]
    beside = opened.page.eval_on_selector_all(".photo.beside", "all => all.map(one => one.id)")
    assert beside == ["p02", "p03", "p04", "p05", "p06"]


def test_a_click_on_a_photo_shows_its_turns(open_page: Any) -> None:
    opened = open_page(height=500)
    opened.page.locator("#p05 img").click()
    assert opened.current("photo") == ["p05"]
    lit = opened.page.eval_on_selector_all(".turn.of-photo", "all => all.map(one => one.id)")
    assert lit == ["t003", "t015", "t016", "t017", "t018", "t023"]
    expect(opened.page.locator("#t003")).to_be_in_viewport(ratio=1)
    assert "Turns about it: 6" in opened.page.locator("#status").inner_text()


def test_a_link_from_a_turn_shows_that_photo(open_page: Any) -> None:
    opened = open_page()
    opened.page.locator("#t020 .refs a, #t021 .refs a").first.click()
    assert opened.current("photo") == ["p06"]


def test_the_keyboard_leads_through_the_conversation(open_page: Any) -> None:
    opened = open_page()
    press = opened.page.keyboard.press
    press("j")
    assert (opened.current("turn"), opened.focused()) == (["t001"], "t001")
    for _ in range(6):
        press("ArrowDown")
    assert (opened.current("turn"), opened.focused(), opened.current("photo")) == (["t007"], "t007", ["p02"])
    press("k")
    assert opened.current("turn") == ["t006"]
    press("j")
    press("Enter")
    assert opened.focused() == "p02"
    press("Enter")
    assert opened.focused() == "t003"  # the first turn about photo 2
    press("ArrowRight")
    assert opened.current("photo") == ["p02"]
    press("Escape")
    assert opened.current("turn") == []
    assert opened.page.locator(".of-photo").count() == 0


def test_the_ends_of_the_conversation_hold(open_page: Any) -> None:
    opened = open_page()
    for _ in range(40):
        opened.page.keyboard.press("j")
    assert opened.current("turn") == ["t025"]


def test_tab_reaches_everything_and_shows_where_it_is(open_page: Any) -> None:
    opened = open_page()
    opened.page.keyboard.press("Tab")
    assert opened.page.locator(".skip").evaluate("link => link.getBoundingClientRect().left") >= 0
    opened.page.keyboard.press("Enter")
    assert opened.focused() == "talk"
    seen = []
    while not seen or seen[-1] != "BODY":
        opened.page.keyboard.press("Tab")
        seen.append(opened.page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        if seen[-1] != "BODY":
            assert opened.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", seen
    assert {"sources", "t001", "A", "SUMMARY"} <= set(seen)


def test_the_photos_follow_who_reads_on(open_page: Any) -> None:
    opened = open_page()
    opened.page.locator("#t023").evaluate("turn => scrollTo(0, turn.offsetTop + turn.offsetParent.offsetTop)")
    expect(opened.page.locator("#p05")).to_have_attribute("aria-current", "true")
    opened.page.keyboard.press("Home")
    expect(opened.page.locator("#p01")).to_have_attribute("aria-current", "true")


def test_what_it_rests_on_can_be_hidden(open_page: Any) -> None:
    opened = open_page()
    claim = opened.page.locator("#t001 .claim")
    assert "underline" in claim.evaluate("one => getComputedStyle(one).textDecorationLine")
    opened.page.locator("#sources").click()
    assert opened.page.locator("#sources").get_attribute("aria-pressed") == "false"
    assert claim.evaluate("one => getComputedStyle(one).textDecorationLine") == "none"


def test_the_kinds_of_claims_differ_by_more_than_colour(open_page: Any) -> None:
    opened = open_page()
    styles = opened.page.eval_on_selector_all(
        ".legend .claim", "all => all.map(one => getComputedStyle(one).textDecorationStyle)"
    )
    assert styles == ["solid", "dotted", "double", "wavy"]


def test_a_link_to_a_turn_opens_there(open_page: Any) -> None:
    assert open_page(fragment="#t013").current("turn") == ["t013"]


@pytest.mark.parametrize("width", [320, 390, 820, 1000])
def test_nothing_is_wider_than_the_screen(open_page: Any, made: "Made", width: int) -> None:
    long = made.script.turns[0].model_copy(update={"text": "W" * 300, "claims": ()})
    script = made.script.model_copy(
        update={"title": "Donaudampfschifffahrt" * 3, "turns": (long, *made.script.turns[1:])}
    )
    opened = open_page(made.but(script=script), width=width, height=844)
    opened.page.locator("#t013 .who").click()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_strip_of_many_photos_is_not_wider_than_a_phone(open_page: Any) -> None:
    opened = open_page(width=320, height=844, has_touch=True, is_mobile=True)
    opened.page.evaluate(
        """() => {
          const last = document.querySelector(".photos li:last-child");
          for (let more = 0; more < 20; more++) last.after(Object.assign(last.cloneNode(true), {id: ""}));
        }"""
    )
    assert opened.page.evaluate("document.querySelector('.photos ol').scrollWidth") > 1000
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_on_a_phone_photo_and_turn_are_seen_together(open_page: Any) -> None:
    opened = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    opened.page.locator("#t013 .who").tap()
    assert opened.current("photo") == ["p04"]
    picture = opened.page.locator("#p04 img").bounding_box()
    turn = opened.page.locator("#t013").bounding_box()
    assert picture["y"] >= 0
    assert picture["y"] + picture["height"] < turn["y"]
    assert turn["y"] + turn["height"] <= 844


LUMINANCE = """([element, property]) => {
  const parts = getComputedStyle(document.querySelector(element))[property].match(/[\\d.]+/g).slice(0, 3);
  const [r, g, b] = parts.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_dark(open_page: Any, scheme: str) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3), also on the ground of the chosen turn."""
    opened = open_page(color_scheme=scheme)
    opened.page.locator("#t013 .says").click()

    def contrast(text: str, ground: str) -> float:
        pair = [opened.page.evaluate(LUMINANCE, list(what)) for what in ((text, "color"), (ground, "backgroundColor"))]
        return float((max(pair) + 0.05) / (min(pair) + 0.05))

    assert (opened.page.evaluate(LUMINANCE, ["body", "backgroundColor"]) < 0.1) == (scheme == "dark")
    for text in ("#t001 p", "#t001 .who", "#t002 .who", ".disclosure", "figcaption", ".legend li", ".refs a"):
        assert contrast(text, "body") >= 4.5, text
    for text in ("#t013 p", "#t013 .who", "#t013 .grounds"):
        assert contrast(text, "#t013") >= 4.5, text


def test_dark_can_be_chosen(open_page: Any) -> None:
    opened = open_page(color_scheme="light")
    button = opened.page.locator("#theme")
    assert button.inner_text() == "Dark"
    button.click()
    assert opened.page.evaluate(LUMINANCE, ["body", "backgroundColor"]) < 0.1
    assert button.inner_text() == "Light"
    button.click()
    assert opened.page.evaluate(LUMINANCE, ["body", "backgroundColor"]) > 0.8


@pytest.mark.parametrize("chosen", [True, False])
def test_on_paper_everything_is_dark_on_light(open_page: Any, chosen: bool) -> None:
    opened = open_page(color_scheme="light" if chosen else "dark")
    if chosen:
        opened.page.locator("#theme").click()
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate(LUMINANCE, ["body", "backgroundColor"]) == 1
    for text in (".host1 .who", ".host2 .who", ".disclosure"):
        assert opened.page.evaluate(LUMINANCE, [text, "color"]) < 0.18, text


def test_without_script_everything_is_there(open_page: Any) -> None:
    opened = open_page(java_script_enabled=False)
    assert opened.page.locator("img").count() == 6
    assert all(opened.page.locator(f"#p{number:02d} img").is_visible() for number in range(1, 7))
    assert opened.page.locator("#t025").is_visible()
    assert not opened.page.locator("#sources").is_visible()


def test_a_screen_reader_finds_its_way(open_page: Any) -> None:
    opened = open_page()
    tree = opened.page.locator("body").aria_snapshot()
    for line in (
        "- banner:",
        '- heading "Dog at the beach" [level=1]',
        '- region "Photos":',
        '- main "Conversation":',
        '- button "What it rests on" [pressed]',
        "- contentinfo:",
        'link "Photo 5: a dog; the sea',
        '- link "Photos 1, 2, 3, 4, 5 and 6"',
    ):
        assert line in tree, line
    assert "cutting in" in tree
