"""The report as a reader meets it: opened from a file in Chromium, wide and narrow, light and dark."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from photocast.bench.report import write_report
from photocast.bench.results import (
    BenchResult,
    Failure,
    FileScore,
    Generation,
    ItemShown,
    Scores,
    Summary,
    SystemResult,
)
from photocast.bench.statistics import interval
from photocast.metrics import METRICS, reference

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install photocast[test]"
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PEOPLE = reference("interview")
SHOWN = ("words", "turn_length", "turn_length_cv", "speaker_share_entropy", "filler_rate", "mtld", "rep_4")
HOSTILE = "<script>document.title='taken'</script><img src=https://example.org/x onerror=\"document.title='taken'\">"
NAMES = ("pocket", "Donaudampfschifffahrtsgesellschaft/" + "A" * 60, HOSTILE)
LUMINANCE = """([element, property]) => {
  const parts = getComputedStyle(document.querySelector(element))[property].match(/[\\d.]+/g).slice(0, 3);
  const [r, g, b] = parts.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three systems, two of them with names that try to break the page, on nine items; some failed, a photo is gone."""
    folder = tmp_path_factory.mktemp("run")
    Image.effect_noise((400, 300), 50).convert("RGB").save(folder / "sea.jpg")
    said = f"Speaker 1: {'W' * 300}\n\nSpeaker 2: {HOSTILE}\n\nSpeaker 1: Oh.\n"
    (folder / "talk.txt").write_text(said, "utf-8")
    items = tuple(
        ItemShown(
            item=f"i{number}",
            title=HOSTILE if number == 1 else f"Beach {number}",
            photos=("sea.jpg", "gone" + "X" * 80 + ".jpg", "sea.jpg"),
            transcripts=dict.fromkeys(NAMES, "talk.txt"),
        )
        for number in range(9)
    )
    systems = tuple(_system(name, 1 + key / 3) for key, name in enumerate(NAMES))
    result = BenchResult(title="Beaches " + "W" * 90, systems=systems, items=items, notes=(HOSTILE,))
    return write_report(result, folder, glossary=METRICS, reference=PEOPLE)


def _system(name: str, factor: float) -> SystemResult:
    people = {metric: PEOPLE.figures[metric].at(0.3) if metric in PEOPLE.figures else 900.0 for metric in SHOWN}
    files = [
        FileScore(
            file="talk.txt",
            item=f"i{number}",
            values={one: value * factor * (5 if number == 2 else 1 + number / 50) for one, value in people.items()},
        )
        for number in range(8)
    ]
    columns = {one: [file.values[one] for file in files] for one in SHOWN}
    metrics = {
        one: Summary(mean=float(np.mean(values)), sd=1.0, ci95=interval(values), unit=METRICS[one].unit, n=8)
        for one, values in columns.items()
    }
    made = tuple(Generation(item=f"i{n}", writer=name, words=900, seconds=9.5 + n) for n in range(9))
    failed = (Failure(file="talk.txt", reason=HOSTILE),)
    return SystemResult(
        name=name, scores=Scores(n=8, failed=failed, metrics=metrics, files=tuple(files)), generations=made
    )


@dataclass
class Opened:
    """A page, with all it asked for and complained about."""

    page: "Page"
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def open_report(browser: "Browser", report: Path) -> Iterator[Any]:
    contexts = []

    def opened(width: int = 1440, height: int = 900, **more: Any) -> Opened:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **more)
        contexts.append(context)
        result = Opened(context.new_page())
        result.page.on("request", lambda request: result.requests.append(request.url))
        result.page.on("console", lambda message: result.complaints.append(message.text))
        result.page.on("pageerror", lambda error: result.complaints.append(str(error)))
        result.page.goto(report.as_uri())
        return result

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [360, 820, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen_and_nothing_is_loaded(open_report: Any, width: int, scheme: str) -> None:
    opened = open_report(width, color_scheme=scheme)
    opened.page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.page.eval_on_selector_all("img", "all => all.filter(one => one.naturalWidth > 0).length") == 18
    assert [url for url in opened.requests if not url.startswith("data:")] == [opened.page.url]
    assert opened.complaints == []
    assert (opened.page.evaluate(LUMINANCE, ["body", "backgroundColor"]) < 0.1) == (scheme == "dark")


@pytest.mark.parametrize("width", [360, 1440])
def test_every_figure_can_be_seen(open_report: Any, width: int) -> None:
    """Nothing of a table lies outside what can be scrolled to, and no drawing has shrunk to nothing."""
    opened = open_report(width)
    for box in opened.page.locator("svg.figure").all():
        size = box.bounding_box()
        assert size["width"] > 200
        assert size["height"] > 40
    hidden = opened.page.eval_on_selector_all(
        "td",
        """all => all.filter(one => {
          const box = one.getBoundingClientRect();
          return one.innerText && box.right > innerWidth && !one.closest('.wide');
        }).length""",
    )
    assert hidden == 0


def test_hostile_text_is_shown_as_text(open_report: Any) -> None:
    opened = open_report()
    assert opened.page.title().startswith("Beaches")
    assert opened.page.locator("script").count() == 1
    assert HOSTILE in opened.page.locator("#item-2 summary").inner_text()
    assert HOSTILE in opened.page.locator("#left-out").inner_text()
    assert opened.page.locator("img").count() == 18
    assert opened.complaints == []


def test_the_policy_stops_what_would_be_loaded(open_report: Any) -> None:
    """As if something had slipped through: the browser itself must refuse."""
    opened = open_report()
    for element in (
        "Object.assign(new Image(), {src: 'https://example.org/x.png'})",
        "Object.assign(document.createElement('script'), {textContent: 'document.title = 0'})",
        "Object.assign(document.createElement('style'), {textContent: 'body { display: none }'})",
    ):
        with opened.page.expect_console_message(lambda message: "Content Security Policy" in message.text):
            opened.page.evaluate(f"document.body.append({element})")
    assert opened.page.title().startswith("Beaches")
    assert opened.page.locator("h1").is_visible()


def test_an_item_opens_with_the_keyboard(open_report: Any) -> None:
    opened = open_report()
    item = opened.page.locator("#item-1")
    assert not item.locator(".inside").is_visible()
    item.locator("summary").focus()
    opened.page.keyboard.press("Enter")
    assert item.locator(".inside").is_visible()
    assert item.locator("img").count() == 2
    assert "gone" in item.locator(".photos").inner_text()
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.className") == "said"
    opened.page.keyboard.press("Shift+Tab")
    opened.page.keyboard.press(" ")
    assert not item.locator(".inside").is_visible()


def test_tab_shows_where_it_is(open_report: Any) -> None:
    opened = open_report()
    opened.page.keyboard.press("Tab")
    assert opened.page.locator(".skip").evaluate("link => link.getBoundingClientRect().left") >= 0
    opened.page.keyboard.press("Enter")
    seen = set()
    for _ in range(30):
        opened.page.keyboard.press("Tab")
        seen.add(opened.page.evaluate("document.activeElement.tagName"))
        if opened.page.evaluate("document.activeElement !== document.body"):
            assert opened.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert {"BUTTON", "SUMMARY"} <= seen


def test_a_table_can_be_sorted_within_its_families(open_report: Any) -> None:
    opened = open_report()
    table = opened.page.locator("table.sortable")
    before = table.locator("tbody").all_inner_texts()
    head = table.locator("thead th").nth(2)
    head.locator("button").focus()
    opened.page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    values = (
        table.locator("tbody")
        .nth(1)
        .evaluate("body => [...body.rows].slice(1).map(row => Number(row.cells[2].dataset.value))")
    )
    assert len(values) == 2
    assert values == sorted(values, reverse=True)
    opened.page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    after = table.locator("tbody").all_inner_texts()
    assert [sorted(text) for text in after] == [sorted(text) for text in before]


def test_without_script_everything_is_there(open_report: Any) -> None:
    opened = open_report(java_script_enabled=False)
    assert opened.page.locator("table.sortable tbody tr").count() > len(SHOWN)
    assert opened.page.locator(".sort").count() == 0
    opened.page.locator("#item-1 summary").click()
    assert opened.page.locator("#item-1 img").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_dark(open_report: Any, scheme: str) -> None:
    """Contrast of at least 4.5 to 1 for text (WCAG 2.2, 1.4.3), and of 3 to 1 for the marks (1.4.11)."""
    opened = open_report(color_scheme=scheme)
    opened.page.locator("#item-3 summary").click()

    def contrast(text: str, ground: str, of: str = "color", behind: str = "backgroundColor") -> float:
        pair = [opened.page.evaluate(LUMINANCE, list(what)) for what in ((text, of), (ground, behind))]
        return float((max(pair) + 0.05) / (min(pair) + 0.05))

    for text in ("h1", ".verdict", ".under", ".lead", "td small", "caption", ".group th", ".warn", ".terms i", ".mean"):
        assert contrast(text, "body") >= 4.5, text
    for key in range(3):
        assert contrast(f"svg .s{key}", "body", of="fill") >= 3, key
        assert contrast(f"svg .s{key}", ".swatch", of="fill") >= 3, key


def test_on_paper_everything_is_dark_on_light(open_report: Any) -> None:
    opened = open_report(color_scheme="dark")
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate(LUMINANCE, ["body", "backgroundColor"]) == 1
    for text in ("h1", "td small", "caption"):
        assert opened.page.evaluate(LUMINANCE, [text, "color"]) < 0.18, text


def test_a_screen_reader_finds_its_way(open_report: Any) -> None:
    for width in (1440, 360):
        tree = open_report(width).page.locator("body").aria_snapshot()
        for line in (
            "- banner:",
            '- navigation "Contents":',
            "- main:",
            '- region "At a glance":',
            'table "Mean of each system',
            '- rowheader "turn length cv',
            '- img "Where every metric of every system stands beside people"',
            "- contentinfo:",
        ):
            assert line in tree, (width, line)
