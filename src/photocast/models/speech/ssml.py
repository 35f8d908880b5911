"""A line as SSML 1.1 (W3C, 2010)."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from photocast.models.speech.reading import readable
from photocast.models.speech.voice import Line

PROSODY = {
    "excited": 'rate="110%" pitch="+15%"',
    "fast": 'rate="115%"',
    "loud": 'volume="loud"',
    "quiet": 'volume="soft"',
    "slow": 'rate="85%"',
    "tired": 'rate="90%" pitch="-10%"',
}
"""What `<prosody>` can say of a manner; SSML has no word for the others."""
_BEAT_MS = 700


def to_ssml(line: Line, *, language: str = "en-US", pause_ms: int | None = None) -> str:
    """A document of one line: a break, the manner as prosody, stress as emphasis.

    The words are those that `reading.readable` leaves, and whatever they are, the document is well-formed. Sounds are
    left out, for SSML has none; a `beat` is a break. The voice is not named: that is each engine's own.

    Args:
        line: what is said.
        language: of the words, as in BCP 47.
        pause_ms: silence before the words.
    """
    silence = (pause_ms or 0) + _BEAT_MS * line.events.count("beat")
    pause = f'<break time="{silence}ms"/>' if silence else ""
    words = "".join(_pieces(line))
    if line.manner in PROSODY:
        words = f"<prosody {PROSODY[line.manner]}>{words}</prosody>"
    head = f'<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang={quoteattr(language)}>'
    return f"{head}{pause}{words}</speak>"


def _pieces(line: Line) -> Iterator[str]:
    """The words with what is stressed in elements, each piece made readable by itself."""
    at = 0
    for start, end in (*line.emphasis, (len(line.text), len(line.text))):
        yield _words(line.text[at:start])
        stressed = _words(line.text[start:end])
        if stressed.strip():
            yield f'<emphasis level="strong">{stressed}</emphasis>'
        at = end


def _words(text: str) -> str:
    """Readable words, with a blank where there was white space at an end."""
    before, after = " " * text[:1].isspace(), " " * text[-1:].isspace()
    return f"{before}{escape(readable(text))}{after}"
