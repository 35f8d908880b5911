"""The player as a listener meets it: real MP3 in Chromium, out of the page itself and from beside it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from photocast.pipeline.speech import SpeechWishes, speak_episode
from photocast.publish import EpisodeFolder, player
from photocast.schema import Cue, Delivery, Script, Speaker, Timeline, Turn

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install photocast[test]"
)
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ANNOUNCED = "Machines made what follows."
TALK = (
    ("Maya", "Here is a beach, and another one.", ("p01",), None),
    ("Theo", "So it is, with a dog on a rock in the wind.", ("p02",), None),
    ("Maya", "Yes.", (), 600),
    ("Theo", "And then there are pebbles.", ("p03",), None),
    ("Maya", "The end.", (), None),
)


@dataclass
class Opened:
    """A page that is heard, with all it asked for and complained about."""

    page: "Page"
    cues: dict[str, Cue]
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def until(self, condition: str) -> None:
        """Wait for frames until it is so; a string to `wait_for_function` is what the page's policy forbids."""
        self.page.evaluate(
            f"new Promise(done => {{ const look = () => {condition} ? done() : requestAnimationFrame(look); look(); }})"
        )

    def heard(self) -> list[str]:
        found: list[str] = self.page.eval_on_selector_all(".heard", "all => all.map(one => one.id)")
        return found

    def line_at(self, time: float) -> str:
        """The line that should be lit: the last that has begun and not ended, or in a pause the last that began."""
        begun = [name for name, cue in self.cues.items() if cue.start <= time]
        return next((name for name in reversed(begun) if self.cues[name].end > time), begun[-1] if begun else "")

    def is_in_step(self) -> bool:
        """Whether a line of the last second is lit: a busy machine may not have shown the newest frame."""
        lit, time = self.page.evaluate("[document.querySelector('.heard').id, audio.currentTime]")
        return lit in {self.line_at(time - past / 10) for past in range(11)}

    def time(self) -> float:
        return float(self.page.evaluate("audio.currentTime"))

    def seek(self, seconds: float) -> None:
        """As a hand on the slider does."""
        self.page.locator("#position").evaluate(
            "(slider, to) => { slider.value = to; slider.dispatchEvent(new Event('input')); }", seconds
        )

    def plays(self) -> bool:
        return not self.page.evaluate("audio.paused")


@pytest.fixture(scope="module")
def spoken(pictures: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An episode of some ten seconds in which the third turn lies over the second, with an announcement."""
    from tests.publish.conftest import made_with

    made = made_with(pictures)
    turns = tuple(
        Turn(id=f"t{number:03d}", speaker=who, text=text, photos=photos, delivery=Delivery(overlap_ms=overlap))
        for number, (who, text, photos, overlap) in enumerate(TALK, start=1)
    )
    script = Script(title="A beach", speakers=(Speaker(name="Maya"), Speaker(name="Theo")), turns=turns)
    path = tmp_path_factory.mktemp("spoken") / "beach"
    EpisodeFolder(path).write(
        script=script, facts=made.facts, plan=made.plan, report=made.report, images=dict(list(pictures.items())[:3])
    )
    speak_episode(path, SpeechWishes(engine="tones"))
    timeline = Timeline.model_validate_json((path / "timeline.json").read_bytes())
    said = Cue(turn="announced", start=0.05, end=timeline.cues[0].start)
    timeline = timeline.model_copy(update={"announced": ANNOUNCED, "cues": (said, *timeline.cues)})
    (path / "timeline.json").write_text(timeline.model_dump_json(), "utf-8")
    EpisodeFolder(path).refresh_page()
    return path


@pytest.fixture
def hear(browser: "Browser", spoken: Path) -> Iterator[Callable[..., Opened]]:
    contexts = []

    def opened(address: str = "", width: int = 1280, height: int = 860, fragment: str = "", **more: Any) -> Opened:
        timeline = Timeline.model_validate_json((spoken / "timeline.json").read_bytes())
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **more)
        contexts.append(context)
        result = Opened(context.new_page(), {cue.turn: cue for cue in timeline.cues})
        result.page.on("request", lambda request: result.requests.append(request.url))
        result.page.on("console", lambda message: result.complaints.append(message.text))
        result.page.on("pageerror", lambda error: result.complaints.append(str(error)))
        result.page.goto((address or (spoken / "index.html").as_uri()) + fragment)
        return result

    yield opened
    for context in contexts:
        context.close()


def test_it_plays_to_the_end_and_every_line_is_lit_in_its_time(hear: Callable[..., Opened]) -> None:
    opened = hear()
    opened.page.evaluate(
        """() => {
          window.seen = [];
          let last = "";
          new MutationObserver(() => {
            const lit = document.querySelector(".heard"), photo = document.querySelector(".photo[aria-current]").id;
            const id = lit ? lit.id : "";
            if (last !== id) seen.push({id, photo, at: audio.currentTime});
            last = id;
          }).observe(document.body, {subtree: true, attributeFilter: ["class"]});
        }"""
    )
    opened.page.locator("#speed").click()
    opened.page.locator("#speed").click()
    expect(opened.page.locator("#speed")).to_have_text("1.5×")
    opened.page.get_by_role("button", name="Play").click()
    expect(opened.page.get_by_role("button", name="Pause")).to_be_visible()
    opened.until("audio.ended")
    opened.until("!document.querySelector('.heard')")
    *seen, last = opened.page.evaluate("seen")
    assert last["id"] == ""
    lines = ["announced", "t001", "t002", "t003", "t004", "t005"]
    places = [lines.index(one["id"]) for one in seen]
    assert places == sorted(set(places)), "a machine that stands still may skip a line, and never goes back"
    assert len(places) > 2
    photos = {"announced": "p01", "t001": "p01", "t002": "p02", "t003": "p02", "t004": "p03", "t005": "p03"}
    assert all(one["photo"] == photos[one["id"]] for one in seen)
    assert all(one["at"] >= opened.cues[one["id"]].start - 0.001 for one in seen)
    expect(opened.page.get_by_role("button", name="Play")).to_be_visible()
    assert opened.requests[0] == opened.page.url
    assert all(one.startswith("data:audio/mpeg") for one in opened.requests[1:])
    assert opened.complaints == []


def test_at_any_time_the_latest_turn_that_has_not_ended_is_lit(hear: Callable[..., Opened]) -> None:
    opened = hear()
    cues = opened.cues
    assert cues["t003"].end < cues["t002"].end or cues["t003"].start < cues["t002"].end
    for name in ("announced", "t001", "t002", "t003", "t004", "t005"):
        opened.seek(cues[name].start + 0.01)
        assert opened.heard() == [name]
    opened.seek(cues["t003"].start - 0.05)
    assert opened.heard() == ["t002"]
    pause = (cues["t001"].end + cues["t002"].start) / 2
    opened.seek(pause)
    assert opened.heard() == ["t001"]  # a pause belongs to what was said before it
    opened.seek(0)
    assert opened.heard() == []
    assert opened.page.locator("#announced").inner_text() == ANNOUNCED


def test_a_click_on_a_turn_is_where_the_voice_goes(hear: Callable[..., Opened]) -> None:
    opened = hear()
    opened.page.locator("#t004 .says").click()
    assert opened.time() == pytest.approx(opened.cues["t004"].start, abs=0.002)
    assert not opened.plays()
    assert opened.heard() == ["t004"]
    assert opened.page.locator("#p03").get_attribute("aria-current") == "true"
    opened.page.locator("#play").click()
    opened.until(f"audio.currentTime > {opened.cues['t004'].start + 0.2}")
    at_once = """() => {
      document.querySelector("#t002 .says").click();
      return [audio.currentTime, audio.paused, document.querySelector(".heard").id];
    }"""
    time, paused, lit = opened.page.evaluate(at_once)
    assert time == pytest.approx(opened.cues["t002"].start, abs=0.002)
    assert (paused, lit) == (False, "t002")
    opened.until(f"audio.currentTime > {opened.cues['t002'].start + 0.2}")
    assert opened.is_in_step()


def test_text_that_is_marked_is_no_click(hear: Callable[..., Opened]) -> None:
    opened = hear()
    box = opened.page.locator("#t004 .says p").bounding_box()
    assert box
    opened.page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + 150, box["y"] + box["height"] / 2)
    opened.page.mouse.up()
    assert opened.page.evaluate("String(getSelection())")
    assert (opened.time(), opened.heard()) == (0, [])


def test_a_photo_moves_the_voice_only_while_it_is_heard(hear: Callable[..., Opened]) -> None:
    opened = hear()
    opened.page.locator("#p03 img").click()
    assert opened.time() == 0
    opened.page.locator("#play").click()
    at_once = "() => { document.querySelector('#p02 img').click(); return audio.currentTime; }"
    assert opened.page.evaluate(at_once) == pytest.approx(opened.cues["t002"].start, abs=0.002)


def test_the_keyboard_plays_and_moves_and_leaves_the_photos_to_their_keys(hear: Callable[..., Opened]) -> None:
    opened = hear()
    press = opened.page.keyboard.press
    press("Space")
    assert opened.plays()
    assert opened.page.evaluate("scrollY") == 0
    press("Space")
    assert not opened.plays()
    press("j")
    first = opened.heard()
    press("j")
    following = {"t001": "t002", "t002": "t003", "t003": "t004", "t004": "t005"}
    assert opened.heard() == [following[first[0]]]
    opened.page.locator("#position").focus()
    opened.seek(0)
    press("ArrowRight")
    assert opened.time() == 5
    assert opened.page.locator("#position").get_attribute("aria-valuetext") == (
        f"0:05 of {opened.page.locator('#total').inner_text()}"
    )
    press("ArrowLeft")
    assert opened.time() == 0
    opened.page.locator("#speed").focus()
    press("Space")  # a button keeps its key
    assert not opened.plays()
    expect(opened.page.locator("#speed")).to_have_text("1.2×")


def test_ten_seconds_back_stop_at_the_beginning(hear: Callable[..., Opened]) -> None:
    opened = hear()
    opened.seek(4)
    opened.page.get_by_role("button", name="Back 10 seconds").click()
    assert opened.time() == 0


def test_whoever_scrolls_away_reads_on_in_peace(hear: Callable[..., Opened]) -> None:
    opened = hear(height=420)
    opened.page.locator("#t001 .says").click()
    opened.page.locator("#play").click()
    opened.page.mouse.wheel(0, 5000)
    opened.until("document.getElementById('t002').getBoundingClientRect().bottom < 0")
    away = opened.page.evaluate("scrollY")
    opened.until("document.querySelector('.heard').id !== 't001'")
    assert opened.page.evaluate("scrollY") == away


def test_a_link_to_a_turn_is_heard_from_there(hear: Callable[..., Opened]) -> None:
    opened = hear(fragment="#t004")
    assert opened.heard() == ["t004"]
    assert opened.time() == pytest.approx(opened.cues["t004"].start, abs=0.002)


@pytest.mark.parametrize("width", [320, 390, 820])
def test_on_a_phone_nothing_is_wider_than_the_screen_or_under_the_player(
    hear: Callable[..., Opened], width: int
) -> None:
    opened = hear(width=width, height=760, has_touch=True, is_mobile=True)
    opened.page.locator("#t005 .who").tap()
    opened.page.locator("#play").tap()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    turn, bar = (opened.page.locator(name).bounding_box() for name in ("#t005", "#player"))
    assert turn
    assert bar
    assert turn["y"] + turn["height"] <= bar["y"]
    opened.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = opened.page.locator(".by").bounding_box()
    assert last
    assert last["y"] + last["height"] <= bar["y"]


def test_without_script_the_browser_has_a_player_of_its_own(hear: Callable[..., Opened]) -> None:
    opened = hear(java_script_enabled=False)
    assert opened.page.locator("audio[controls]").is_visible()
    assert not opened.page.locator("#play").is_visible()


def test_a_screen_reader_finds_the_player(hear: Callable[..., Opened]) -> None:
    tree = hear().page.locator("body").aria_snapshot()
    for line in ('- region "Player":', '- button "Play"', '- button "Back 10 seconds"', '- slider "Position"'):
        assert line in tree, line
    assert '- button "Speed 1"' in tree
    assert '- link "Skip to the player"' in tree


class TestBesideThePage:
    """Audio that is too large for the page."""

    @pytest.fixture
    def beside(self, spoken: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        with monkeypatch.context() as patch:
            patch.setattr(player, "MOST_INSIDE", 1000)
            EpisodeFolder(spoken).refresh_page()
        yield spoken
        EpisodeFolder(spoken).refresh_page()

    @pytest.fixture
    def address(self, beside: Path) -> Iterator[str]:
        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None: ...

        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(beside))) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}/index.html"
            server.shutdown()
            thread.join()

    def plays(self, opened: Opened) -> None:
        opened.until("audio.readyState >= 2")
        opened.page.locator("#t002 .says").click()
        opened.page.locator("#play").click()
        opened.until(f"audio.currentTime > {opened.cues['t002'].start + 0.3}")
        assert opened.is_in_step()
        assert {one.rpartition("/")[2] for one in opened.requests} <= {"index.html", "episode.mp3", "favicon.ico"}
        assert [one for one in opened.complaints if "404" not in one] == []  # a browser asks for an icon by itself
        assert "This page loads nothing but its audio, and sends nothing." in opened.page.locator(".by").inner_text()

    @pytest.mark.usefixtures("beside")
    def test_from_a_file(self, hear: Callable[..., Opened]) -> None:
        self.plays(hear())

    def test_from_a_server(self, hear: Callable[..., Opened], address: str) -> None:
        self.plays(hear(address))

    def test_that_is_not_there_is_told(self, hear: Callable[..., Opened], beside: Path, tmp_path: Path) -> None:
        alone = tmp_path / "index.html"
        alone.write_bytes((beside / "index.html").read_bytes())
        opened = hear(alone.as_uri())
        expect(opened.page.get_by_role("alert")).to_contain_text("it is not beside this page")
        assert not opened.page.locator("#play").is_visible()
