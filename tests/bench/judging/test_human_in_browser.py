"""The page on which people vote, as a rater meets it: served on loopback, in Chromium, with the keyboard."""

import json
import re
import threading
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from photocast.album import Album
from photocast.bench.judging.human import Answer, Comparison, Session, Study, Text, Workplace, serve
from photocast.bench.judging.human.rater import preference
from photocast.bench.judging.votes import Status, Vote, read_votes

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install photocast[test]"
)
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LOAF = Path(__file__).resolve().parents[3] / "examples" / "sourdough_loaf"
HOSTILE = "<script>document.title='taken'</script><img src=https://example.org/x onerror=\"document.title='taken'\">"
CRITERIA = ("flow", "reaction", "personality", "grounding", "overall")
WIDTHS = ((360, 740), (1440, 900))
LUMINANCE = """([element, property]) => {
  const parts = getComputedStyle(document.querySelector(element))[property].match(/[\\d.]+/g).slice(0, 3);
  const [r, g, b] = parts.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}"""


@pytest.fixture(scope="module")
def album() -> Iterator[Album]:
    with Album.open(sorted(LOAF.glob("*.jpg"))[::4]) as album:
        yield album


def _text(*said: str, audio: Path | None = None) -> Text:
    lines = tuple((f"Speaker {at % 2 + 1}", one) for at, one in enumerate(said))
    return Text(lines, sum(len(one.split()) for one in said), audio)


def _study(pairs: int = 2, album: Album | None = None, **more: Any) -> Study:
    return Study(
        tuple(
            Comparison(
                f"i{n}",
                ("ours", "theirs"),
                (_text(*(f"We said {n} {line}." for line in range(40))), _text(*("They did. " * 9 for _ in range(30)))),
                album,
            )
            for n in range(pairs)
        ),
        **more,
    )


@dataclass
class Site:
    """A study that is served until it is stopped, and can be served again."""

    study: Study
    folder: Path
    url: str = ""
    session: Session | None = None
    _stop: Any = None

    def start(self) -> "Site":
        place = Workplace(self.folder, self.study)
        self.session = Session(self.study, self.folder, place.token.encode())
        running = serve(self.session, place)
        server = running.__enter__()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        self.url = server.url

        def stop() -> None:
            server.shutdown()
            thread.join()
            running.__exit__(None, None, None)
            place.close()

        self._stop = stop
        return self

    def stop(self) -> None:
        if self._stop:
            self._stop()
        self._stop = None

    def votes(self) -> list[Vote]:
        return read_votes(self.folder)


@dataclass
class Opened:
    """A page, with all it asked for and complained about."""

    page: "Page"
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def begin(self) -> str:
        """From the consent text to the first pair, with the keyboard alone; returns the code."""
        expect(self.page.locator("#consent-title")).to_be_focused()
        self.press("Tab", "Space", "Tab", "Enter")
        expect(self.page.locator("#guide-title")).to_be_focused()
        code = self.page.locator("#guide .mine").inner_text()
        self.press("Enter")
        self.asks(1)
        return code

    def asks(self, number: int, of: int | None = None) -> None:
        expect(self.page.locator("#count")).to_have_text(re.compile(rf"Question {number} of {of or '[45]'}"))

    def answer(self, *keys: str) -> None:
        """Answer one question after the other, each when the one before is saved."""
        for key in keys:
            before = self.page.locator("#question").inner_text()
            self.press(key)
            self.page.wait_for_function(
                "before => document.getElementById('asking').hidden || "
                "document.getElementById('question').innerText !== before",
                arg=before,
            )


@pytest.fixture
def serve_study(tmp_path: Path) -> Iterator[Any]:
    sites: list[Site] = []

    def start(study: Study) -> Site:
        sites.append(Site(study, tmp_path / f"judged{len(sites)}").start())
        return sites[-1]

    yield start
    for site in sites:
        site.stop()


@pytest.fixture
def open_page(browser: "Browser") -> Iterator[Any]:
    contexts = []

    def opened(url: str, width: int = 1440, height: int = 900, **more: Any) -> Opened:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **more)
        contexts.append(context)
        context.set_default_timeout(10_000)
        result = Opened(context.new_page())
        result.page.on("request", lambda request: result.requests.append(request.url))
        result.page.on("console", lambda message: result.complaints.append(message.text))
        result.page.on("pageerror", lambda error: result.complaints.append(str(error)))
        result.page.goto(url)
        return result

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_rater_gets_from_consent_to_the_end_with_the_keyboard_alone(
    serve_study: Any, open_page: Any, album: Album, width: int, height: int
) -> None:
    site = serve_study(_study(2, album))
    opened = open_page(site.url, width, height)
    code = opened.begin()
    opened.answer("1", "2", "3")
    opened.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")  # the fourth answer
    expect(opened.page.get_by_role("button", name="B better", exact=True)).to_be_focused()
    opened.press("Enter")
    opened.asks(5, of=5)
    opened.answer("5")
    expect(opened.page.locator("#next")).to_be_focused()
    opened.press("Shift+Tab")
    opened.page.keyboard.type("The second one laughs.")
    opened.press("Control+Enter")
    expect(opened.page.locator("#progress-text")).to_have_text("Pair 2 of 2")
    opened.answer("3", "3", "3", "3", "3")
    opened.press("Enter")
    expect(opened.page.locator("#finished-title")).to_be_focused()

    votes = site.votes()
    first = [vote for vote in votes if vote.item == votes[0].item]
    order = first[0].order
    assert [vote.criterion for vote in first] == list(CRITERIA)
    assert [vote.preference for vote in first] == [preference(answer, order) for answer in (1, 2, 3, 4, 5)]
    assert [vote.reason for vote in first] == ["", "", "", "", "The second one laughs."]
    second = [vote for vote in votes if vote.item != votes[0].item]
    assert [vote.preference for vote in second] == [0] * 5
    assert second[0].order != order  # half and half
    assert {(vote.judge, vote.kind, vote.status) for vote in votes} == {(code, "human", Status.OK)}
    seconds = [json.loads(vote.raw)["seconds"] for vote in first]
    assert seconds == sorted(seconds)
    assert 0 < seconds[-1] < 60
    assert opened.complaints == []
    assert all(url.startswith(site.url) for url in opened.requests), opened.requests


def test_what_is_on_the_left_is_what_the_vote_says(serve_study: Any, open_page: Any) -> None:
    site = serve_study(_study(2))
    opened = open_page(site.url)
    opened.begin()
    for _ in range(2):
        left = opened.page.locator("#side-a .said p").first.inner_text()
        opened.answer("1", "1", "1", "1")
        vote = site.votes()[-1]
        assert vote.preference == (2 if "We said" in left else -2)
        opened.press("Enter")
        expect(opened.page.locator("#pair-done")).to_be_hidden()


def test_a_closed_browser_loses_nothing(serve_study: Any, open_page: Any) -> None:
    site = serve_study(_study(2))
    opened = open_page(site.url)
    code = opened.begin()
    opened.answer("1", "2")
    left = opened.page.locator("#side-a .said").inner_text()
    assert opened.page.url == f"{site.url}#{code}"
    opened.page.close()

    by_address = open_page(f"{site.url}#{code}")
    by_address.asks(3, of=4)
    assert by_address.page.locator("#side-a .said").inner_text() == left
    by_address.answer("3")
    by_address.page.close()

    typed = open_page(site.url)
    typed.page.get_by_label("Your code").fill(f" {code.upper()} ")
    typed.press("Enter")
    typed.asks(4, of=4)
    typed.answer("4")
    assert [json.loads(vote.raw)["answer"] for vote in site.votes()] == [1, 2, 3, 4]


def test_a_wrong_code_is_said_and_another_can_be_typed(serve_study: Any, open_page: Any) -> None:
    site = serve_study(_study(1))
    opened = open_page(f"{site.url}#nobody22")
    expect(opened.page.get_by_role("alert")).to_contain_text("No such rater")
    expect(opened.page.locator("#consent")).to_be_visible()
    opened.page.get_by_label("Your code").fill("<b>..")
    opened.press("Enter")
    expect(opened.page.get_by_role("alert")).to_contain_text("No such rater")


def test_an_answer_that_was_not_saved_is_said_and_asked_again(serve_study: Any, open_page: Any) -> None:
    site = serve_study(_study(1))
    opened = open_page(site.url)
    opened.begin()
    opened.answer("1")
    site.stop()
    opened.press("2")
    expect(opened.page.get_by_role("alert")).to_contain_text("not saved")
    opened.asks(2, of=4)
    site.start()  # at the same address
    opened.answer("2")
    expect(opened.page.get_by_role("alert")).to_be_hidden()
    assert [json.loads(vote.raw)["answer"] for vote in site.votes()] == [1, 2]


def test_answers_are_taken_back(serve_study: Any, open_page: Any) -> None:
    site = serve_study(_study(2))
    opened = open_page(site.url)
    opened.begin()
    expect(opened.page.locator("#undo")).to_be_hidden()
    opened.answer("1", "2", "3", "4")
    opened.press("Enter")
    expect(opened.page.locator("#progress-text")).to_have_text("Pair 2 of 2")
    opened.press("u")
    expect(opened.page.locator("#progress-text")).to_have_text("Pair 1 of 2")
    opened.asks(4, of=4)
    expect(opened.page.get_by_role("status").first).to_contain_text("taken back")
    assert [vote.status for vote in site.votes()] == [Status.OK] * 3 + [Status.REFUSED]
    opened.answer("5")
    assert json.loads(site.votes()[-1].raw)["answer"] == 5
    opened.page.locator("#undo").click()
    opened.asks(4, of=4)


def test_hostile_text_is_shown_as_text(serve_study: Any, open_page: Any) -> None:
    hostile = Text(((HOSTILE, HOSTILE), ("Speaker 2", "</p></article>\u202e" + HOSTILE)), 3)
    comparison = Comparison(HOSTILE, (HOSTILE, "b"), (hostile, hostile))
    site = serve_study(Study((comparison,), consent=f"I agree. {HOSTILE}"))
    opened = open_page(site.url)
    expect(opened.page.locator("#consent-text")).to_contain_text(HOSTILE)
    opened.begin()
    assert opened.page.locator("#side-a .said p").count() == 2
    assert HOSTILE in opened.page.locator("#side-a .said").inner_text()
    assert "\u202e" not in opened.page.locator("#side-a .said").inner_text()
    assert opened.page.locator("#pair script, #pair .said img").count() == 0
    opened.answer("1", "1", "1", "1")
    opened.page.get_by_label("Anything to add?").fill(HOSTILE)
    opened.press("Control+Enter")
    expect(opened.page.locator("#finished")).to_be_visible()
    assert site.votes()[-1].reason == HOSTILE
    assert opened.page.title() == "Which one sounds more like people?"
    assert opened.complaints == []
    assert all(url.startswith(site.url) for url in opened.requests)


def test_photos_open_large_and_close_again(serve_study: Any, open_page: Any, album: Album) -> None:
    site = serve_study(_study(1, album))
    opened = open_page(site.url)
    opened.begin()
    opened.press("p")
    expect(opened.page.get_by_role("button", name="Photo 1 of 3")).to_be_focused()
    opened.press("Enter")
    large = opened.page.locator("#photo-large")
    expect(large).to_be_visible()
    opened.page.wait_for_function("() => document.getElementById('photo-large').naturalWidth > 0")
    opened.press("ArrowRight", "ArrowRight")
    expect(large).to_have_attribute("alt", "Photo 3 of 3")
    opened.press("1")  # answers nothing while a photo is looked at
    opened.press("Escape")
    expect(large).to_be_hidden()
    expect(opened.page.get_by_role("button", name="Photo 1 of 3")).to_be_focused()
    assert site.votes() == []
    small = opened.page.eval_on_selector_all("#photos img", "all => all.filter(one => one.naturalWidth).length")
    assert small == 3


def test_single_keys_can_be_switched_off(serve_study: Any, open_page: Any) -> None:
    site = serve_study(_study(1))
    opened = open_page(site.url)
    opened.begin()
    opened.press("?")
    expect(opened.page.locator("#help-box")).to_be_visible()
    expect(opened.page.locator("#help-look li")).to_have_count(4)
    opened.page.get_by_label("Single keys work").uncheck()
    opened.press("Escape", "1", "a", "?")
    expect(opened.page.locator("#help-box")).to_be_hidden()
    opened.press("ArrowLeft", "Enter")  # the last answer, by arrows
    opened.asks(2)
    assert [json.loads(vote.raw)["answer"] for vote in site.votes()] == [5]


def test_letters_lead_to_the_transcripts_which_scroll(serve_study: Any, open_page: Any) -> None:
    site = serve_study(_study(1))
    opened = open_page(site.url)
    opened.begin()
    opened.press("b")
    expect(opened.page.locator("#side-b")).to_be_focused()
    opened.press("End")
    expect(opened.page.locator("#side-b .said p").last).to_be_in_viewport()
    expect(opened.page.locator("#side-a .said p").first).to_be_in_viewport()  # the other one stays
    expect(opened.page.locator("#answers")).to_be_in_viewport(ratio=1)


def test_a_break_is_offered(serve_study: Any, open_page: Any) -> None:
    site = serve_study(_study(11))
    code = site.session.join()
    for _ in range(10):
        standing = site.session.standing(code)
        for name in standing.shown.comparison.criteria:
            site.session.vote(Answer(rater=code, pair=standing.pair, criterion=name, answer=3))
    opened = open_page(f"{site.url}#{code}")
    expect(opened.page.locator("#pause-title")).to_have_text("10 pairs are done.")
    opened.press("Enter")
    expect(opened.page.locator("#progress-text")).to_have_text("Pair 11 of 11")


def test_recordings_can_be_played_one_at_a_time(serve_study: Any, open_page: Any, tmp_path: Path) -> None:
    for name in ("a", "b"):
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(b"\0\0" * 80_000)
    texts = (_text("We said.", audio=tmp_path / "a.wav"), _text("They did.", audio=tmp_path / "b.wav"))
    site = serve_study(Study((Comparison("i", ("ours", "theirs"), texts),)))
    opened = open_page(site.url)
    opened.begin()
    assert opened.page.locator("audio").count() == 2
    length = opened.page.locator("audio").first.evaluate(
        "one => new Promise(done => one.duration ? done(one.duration) : "
        "one.addEventListener('loadedmetadata', () => done(one.duration)))"
    )
    assert length == 10
    paused = opened.page.evaluate(
        """async () => {
          const [a, b] = document.querySelectorAll("audio");
          a.muted = b.muted = true;
          await a.play();
          await b.play();
          return [a.paused, b.paused];
        }"""
    )
    assert paused == [True, False]
    assert opened.complaints == []


@pytest.mark.parametrize(("width", "height"), [*WIDTHS, (320, 640), (820, 1100)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(
    serve_study: Any, open_page: Any, album: Album, width: int, height: int, scheme: str
) -> None:
    study = Study((Comparison("i", ("ours", "theirs"), (_text("W" * 300, "Oh."), _text("Ah.")), album),))
    opened = open_page(serve_study(study).url, width, height, color_scheme=scheme)

    def fits() -> bool:
        return bool(opened.page.evaluate("document.documentElement.scrollWidth") <= width)

    assert fits()
    opened.begin()
    assert fits()
    expect(opened.page.locator("#answers")).to_be_in_viewport(ratio=1)
    opened.press("?")
    assert opened.page.locator("#help-box").bounding_box()["width"] <= width
    opened.press("Escape")
    opened.answer("1", "1", "1", "1", "1")
    assert fits()
    expect(opened.page.locator("#next")).to_be_in_viewport(ratio=1)
    assert (opened.page.evaluate(LUMINANCE, ["body", "backgroundColor"]) < 0.1) == (scheme == "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_dark(serve_study: Any, open_page: Any, scheme: str) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    opened = open_page(serve_study(_study(1)).url, color_scheme=scheme)

    def contrast(text: str, ground: str) -> float:
        pair = [opened.page.evaluate(LUMINANCE, list(what)) for what in ((text, "color"), (ground, "backgroundColor"))]
        return float((max(pair) + 0.05) / (min(pair) + 0.05))

    opened.begin()
    for text in ("#progress-text", "#count", "#look", "#question"):
        assert contrast(text, "body") >= 4.5, text
    for text in (".said p", ".said .v1", ".said .v2"):
        assert contrast(text, "#side-a") >= 4.5, text
    assert contrast("#answers button", "#answers button") >= 4.5
    assert contrast("#join", "#join") >= 4.5


def test_tab_reaches_everything_and_shows_where_it_is(serve_study: Any, open_page: Any, album: Album) -> None:
    opened = open_page(serve_study(_study(1, album)).url)
    opened.begin()
    seen = []
    for _ in range(10):
        opened.press("Tab")
        seen.append(opened.page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''"))
        style = opened.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style != "none", seen
    order = [text.split("\n")[0].strip() for text in seen]
    assert order == ["", "", "", "A", "B", "1", "2", "3", "4", "5"]  # three photos, transcripts, answers


def test_a_screen_reader_is_told_what_is_asked(serve_study: Any, open_page: Any, album: Album) -> None:
    opened = open_page(serve_study(_study(1, album)).url)
    opened.begin()
    tree = opened.page.locator("body").aria_snapshot()
    for line in (
        "- banner:",
        '- progressbar "Pair 1 of 1"',
        '- group "Photos":',
        '- article "A":',
        '- article "B":',
        '- group "Which of the two moves more like a real conversation?":',
        '- button "A much better"',
        '- button "About the same"',
    ):
        assert line in tree, f"{line}\n{tree}"
    opened.answer("2")
    expect(opened.page.locator("#status")).to_contain_text("Saved: Conversational flow, A better. Question 2 of 5: In")
    expect(opened.page.locator("#question")).to_be_focused()
