"""The page of a series as a listener meets it: real audio in Chromium, from the disk and from a server."""

import threading
import wave
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from photocast.pipeline.site import make_site
from photocast.testing.scripts import script_of
from photocast.testing.spoken import spoken, written_episode

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install photocast[test]"
)
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft and a very long title besides"
SECONDS = 30
PLAYING = "[...document.querySelectorAll('audio')].map(one => !one.paused)"


def audio(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * 8000 * SECONDS))


@pytest.fixture(scope="module")
def shows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three episodes to hear and one to read, one with a cover and one with a title that has no end."""
    folder = tmp_path_factory.mktemp("series") / "walks"
    talk = script_of("Ada: look at that, a hill in the sun", "Leo: I am looking")
    for seed, title in enumerate(("The hill", "The sea", LONG)):
        path = written_episode(folder / f"e{seed}", talk.model_copy(update={"title": title}), seed=seed)
        audio(spoken(path, audio="episode.wav", seconds=SECONDS) / "episode.wav")
    Image.new("RGB", (300, 300), (180, 90, 20)).save(folder / "e0" / "cover.jpg")
    written_episode(folder / "e3", talk.model_copy(update={"title": "The lake"}), seed=3)
    make_site(folder, link="https://example.org/walks", title=f"Walks: {LONG}")
    return folder


@pytest.fixture
def show(browser: "Browser", shows: Path) -> Iterator[Callable[..., "Page"]]:
    """Open the page; afterwards, nothing was complained about."""
    contexts, complaints = [], []

    def opened(address: str = "", width: int = 1280, **more: Any) -> "Page":
        context = browser.new_context(viewport={"width": width, "height": 860}, reduced_motion="reduce", **more)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address or (shows / "index.html").as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def served(shows: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(shows))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def until(page: "Page", condition: str) -> None:
    """Wait for frames until it is so."""
    page.evaluate(
        f"new Promise(done => {{ const look = () => {condition} ? done() : requestAnimationFrame(look); look(); }})"
    )


def test_one_plays_at_a_time(show: Callable[..., "Page"]) -> None:
    page = show()
    assert page.locator(".episode").count() == 4
    assert page.locator(".play").count() == 3
    first, second = (page.locator(".player").nth(at) for at in (0, 1))
    first.locator(".play").click()
    until(page, "document.querySelectorAll('audio')[0].currentTime > 0.2")
    expect(first).to_have_class("player playing")
    second.locator(".play").click()
    until(page, "document.querySelectorAll('audio')[1].currentTime > 0.2")
    expect(first).to_have_class("player")
    assert page.evaluate(PLAYING) == [False, True, False]
    second.get_by_role("button", name="Pause").click()
    until(page, "document.querySelectorAll('audio')[1].paused")
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    assert page.evaluate(PLAYING) == [False, False, False]


def test_the_keyboard_plays_and_seeks(show: Callable[..., "Page"]) -> None:
    page = show()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the episodes")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    play = page.get_by_role("button", name="Play The hill")
    play.focus()
    page.keyboard.press("Space")
    player = page.locator(".player.playing")
    expect(player).to_have_attribute("aria-label", "Player of The hill")
    page.keyboard.press("Tab")
    slider = player.get_by_role("slider", name="Position")
    expect(slider).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('.playing audio').currentTime >= 10")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".playing")).to_have_count(0)
    told = page.get_by_role("group", name="Player of The hill").get_by_role("slider").get_attribute("aria-valuetext")
    assert told is not None
    assert told.endswith(" of 0:30")


def test_links_lead_to_what_they_name(show: Callable[..., "Page"], served: str) -> None:
    page = show(served)
    for href in page.eval_on_selector_all(".episode a, .subscribe a", "all => all.map(one => one.href)"):
        assert page.request.get(href).ok, href
    page.get_by_role("link", name="The hill").click()
    expect(page).to_have_url(f"{served}e0/index.html")
    expect(page).to_have_title("The hill")


def test_it_plays_from_a_server(show: Callable[..., "Page"], served: str) -> None:
    page = show(served)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Play The sea").click()
    until(page, "document.querySelector('.playing audio') && document.querySelector('.playing audio').currentTime > 0")
    assert set(asked) == {f"{served}e1/episode.wav"}


@pytest.mark.parametrize("width", [360, 700, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_window(show: Callable[..., "Page"], width: int, scheme: str) -> None:
    page = show(width=width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(23, 21, 18)" if scheme == "dark" else "rgb(251, 248, 242)")


def test_without_scripts_the_browser_has_its_own_players(show: Callable[..., "Page"]) -> None:
    page = show(java_script_enabled=False)
    expect(page.locator("audio[controls]")).to_have_count(3)
    expect(page.locator(".controls").first).to_be_hidden()


def test_on_paper_there_are_no_buttons(show: Callable[..., "Page"]) -> None:
    page = show()
    page.emulate_media(media="print")
    for hidden in (".player", ".links", "#theme", ".button"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.get_by_text("made by machines").first).to_be_visible()
