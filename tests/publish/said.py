"""Small talks with their times, for what is written about the audio."""

from hypothesis import strategies as st

from photocast.publish.captions import Caption
from photocast.schema import Cue, Script, Speaker, Timeline, Turn

Said = tuple[str, str, float, float, tuple[str, ...]]
"""Speaker, text, start, end, photos."""
HELLO: tuple[Said, ...] = (
    ("Maya", "Hello there. Is this on?", 0.5, 2.0, ()),
    ("Theo", "It is.", 1.8, 2.6, ()),
    (
        "Maya",
        "Then here is the first one: a dog on the grass, looking at nothing at all. And it goes on for "
        "rather a long time, as if somebody had told it to wait right there.",
        3.0,
        13.0,
        ("p01",),
    ),
    ("Theo", "R&B, <b>bold</b> --> and so on 🐕.", 13.2, 16.0, ()),
    ("Maya", "Second photo, and the dog is wet.", 16.5, 19.0, ("p02",)),
    ("Theo", "Well, it found the sea. I would be wet too, in there, in October, and so would you be.", 19.0, 28.0, ()),
)


def said(*turns: Said, seconds: float | None = None) -> tuple[Script, Timeline]:
    """A script and its timeline, which ends a second after the last turn if nothing else is asked for."""
    script = Script(
        title="Test",
        speakers=tuple(Speaker(name=name) for name in dict.fromkeys(turn[0] for turn in turns)),
        turns=tuple(
            Turn(id=f"t{number:03d}", speaker=name, text=text, photos=photos)
            for number, (name, text, _, _, photos) in enumerate(turns, start=1)
        ),
    )
    cues = tuple(
        Cue(turn=f"t{number:03d}", start=start, end=end) for number, (_, _, start, end, _) in enumerate(turns, start=1)
    )
    return script, Timeline(seconds=seconds or max(turn[3] for turn in turns) + 1, cues=cues)


@st.composite
def talks(draw: st.DrawFn) -> tuple[Script, Timeline]:
    """Any talk: any signs in texts and names, turns that overlap, pause, or are far too quick."""
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    turns: list[Said] = []
    at = 0.0
    for text in draw(st.lists(TEXTS, min_size=1, max_size=8)):
        start = at + draw(st.floats(0, 10))
        photos = draw(st.lists(st.sampled_from(["p01", "p02", "p03", "p04", "p05"]), max_size=5, unique=True))
        length = draw(st.floats(0.001, 40))
        turns.append((draw(st.sampled_from(names)), text, start, start + length, tuple(photos)))
        at = start + draw(st.floats(0, 1)) * length
    return said(*turns)


def visible(text: str) -> str:
    """A text without its lines."""
    return " ".join(text.split())


def shown(captions: tuple[Caption, ...]) -> list[tuple[int, int, str, str]]:
    """As a file has them: by their beginning, in milliseconds, one line of text."""
    rows = [(round(one.start * 1000), round(one.end * 1000), one.speaker, visible(one.text)) for one in captions]
    return sorted(rows, key=lambda row: row[0])


NAMES = st.text(st.sampled_from("aZ é<>&:-\n.🐕ש"), min_size=1, max_size=12).filter(str.strip)
WORDS = st.text(st.sampled_from("abcdefgh,.;!?'”—<>&-{}\\/🐕שلم0123"), min_size=1, max_size=60)
TEXTS = st.lists(WORDS, min_size=1, max_size=60).map(" ".join) | st.text(min_size=1).filter(str.strip)
