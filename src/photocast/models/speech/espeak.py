"""espeak-ng, started as a program: it is under the GPL, and nothing of it is in this process."""

import io
import re
import subprocess
import wave
from collections.abc import Iterator
from functools import cached_property
from shutil import which

import numpy as np

from photocast.models.names import Spec
from photocast.models.speech.reading import check_voice, has_words, readable
from photocast.models.speech.ssml import PROSODY, to_ssml
from photocast.models.speech.voice import Abilities, Line, Samples, Voice
from photocast.schema import Fault, ModelError

_VARIANTS = {"espeak:us": "en-us", "espeak:woman": "en-us+f3", "espeak:gb": "en-gb", "espeak:deep": "en-us+m3"}
_WORDS_A_MINUTE = 165
_ABOUT = ("American man", "American woman", "British man", "American man, deeper")
_INSTALL = "Install espeak-ng, on Debian with apt install espeak-ng, or run: pip install 'photocast[speech]'"


def open_espeak(spec: Spec) -> "Espeak":
    """The engine; whether the program is there shows when it speaks."""
    return Espeak()


class Espeak:
    """Voices that can be understood and that nobody would call pleasant. They take SSML."""

    rate = 22_050
    voices = tuple(
        Voice(name, about, "en-GB" if name.endswith("gb") else "en-US")
        for name, about in zip(_VARIANTS, _ABOUT, strict=True)
    )
    abilities = Abilities(speed=True, manners=frozenset({*PROSODY, "whispering"}), emphasis=True)
    host = None

    @cached_property
    def name(self) -> str:
        """With the version of the program, for another one sounds different."""
        said = subprocess.run([_program(), "--version"], capture_output=True, text=True, check=False).stdout
        found = re.search(r"\d+(\.\d+)+", said)
        return f"espeak-ng@{found[0] if found else 'unknown'}"

    def speak(self, line: Line) -> Iterator[Samples]:
        """Yield the whole line.

        Raises:
            ModelError: the program is missing, fails, or there are no words.
            UsageError: there is no such voice.
        """
        check_voice(line.voice, self.voices)
        if not has_words(readable(line.text)):
            raise ModelError(Fault.EMPTY, f"{line.text!r} cannot be spoken", "it has no words", "Change the turn")
        voice = _VARIANTS[line.voice]
        if line.manner == "whispering":  # a variant of its own, in place of another
            voice = f"{voice.partition('+')[0]}+whisper"
        has_marks = bool(line.emphasis) or line.manner in PROSODY
        text = to_ssml(line, language=voice.partition("+")[0]) if has_marks else readable(line.text)
        speed = str(round(_WORDS_A_MINUTE * line.speed))
        command = [_program(), *(["-m"] if has_marks else []), "-v", voice, "-s", speed, "--stdin", "--stdout"]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        if done.returncode or len(done.stdout) <= 44:
            why = done.stderr.decode(errors="replace").strip() or f"it ended with {done.returncode}"
            raise ModelError(Fault.BROKEN_INSTALL, "espeak-ng said nothing", why, _INSTALL)
        yield _samples(done.stdout, self.rate)


def _program() -> str:
    program = which("espeak-ng")
    if program is None:
        raise ModelError(Fault.NOT_INSTALLED, "espeak-ng is not installed", "its voices need it", _INSTALL)
    return program


def _samples(sound: bytes, rate: int) -> Samples:
    with wave.open(io.BytesIO(sound)) as file:
        if file.getframerate() != rate or file.getsampwidth() != 2:
            raise ModelError(Fault.BAD_ANSWER, "espeak-ng gave another kind of sound", "it is not 22,050 Hz", _INSTALL)
        data = np.frombuffer(sound[44:], "<i2")  # it writes to a pipe, and so its header does not say how long it is
    return (data / 32768).astype(np.float32)
