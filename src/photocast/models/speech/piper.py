"""Piper, started as a program: it is under the GPL, and nothing of it is in this process. Voices are files."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which

from photocast.models.names import Spec
from photocast.models.speech.reading import check_voice, has_words, readable
from photocast.models.speech.sound import read_pcm, trimmed
from photocast.models.speech.voice import Abilities, Line, Samples, Voice
from photocast.runs import sha256_of_bytes
from photocast.schema import Fault, InputError, ModelError, UsageError

_INSTALL = "Install it beside photocast, for example with: pipx install piper-tts"
_MOST_SPEAKERS = 200


def open_piper(spec: Spec) -> "Piper":
    """The voices of a file, `piper:/path/voice.onnx`.

    Raises:
        UsageError: no file is named.
        InputError: the file, or the `.onnx.json` beside it, is missing or damaged.
    """
    if not spec.model:
        why, do = "Piper's voices are files", "Write --engine piper:/path/to/voice.onnx; its .onnx.json lies beside it"
        raise UsageError("piper has no voice", why, do)
    return Piper(Path(spec.model).expanduser())


class Piper:
    """The voices of one file, several where it was trained on several people.

    Args:
        path: the `.onnx` file; `.onnx.json` beside it says how it is spoken.
    """

    abilities = Abilities(speed=True)
    host = None

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            told = json.loads(Path(f"{path}.json").read_text("utf-8"))
            self.rate = int(told["audio"]["sample_rate"])
            speakers = dict(told.get("speaker_id_map") or {})
            self.name = f"piper:{path.stem}@{sha256_of_bytes(path.read_bytes())[:12]}"
        except OSError as error:
            why = f"{error.filename or path} cannot be read ({(error.strerror or 'it is refused').lower()})"
            raise InputError(f"there is no voice of Piper at {path}", why, "Give the .onnx file of a voice") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            why = f"{path.name}.json does not say at which rate it speaks"
            raise InputError(f"{path} is no voice of Piper", why, "Download both files of the voice again") from error
        language = str(told.get("language", {}).get("code", "")).replace("_", "-")
        names = [*speakers][:_MOST_SPEAKERS] or [path.stem]
        self._numbers = {f"piper:{name}": speakers.get(name) for name in names}
        self.voices = tuple(Voice(voice, f"of {path.name}", language) for voice in self._numbers)

    def speak(self, line: Line) -> Iterator[Samples]:
        """Yield the whole line.

        Raises:
            ModelError: the program is missing or fails, or there are no words.
            UsageError: there is no such voice.
        """
        check_voice(line.voice, self.voices)
        text = readable(line.text)
        if not has_words(text):
            raise ModelError(Fault.EMPTY, f"{line.text!r} cannot be spoken", "it has no words", "Change the turn")
        number = self._numbers[line.voice]
        command = [_program(), "--model", str(self._path), "--output-raw", "--length-scale", f"{1 / line.speed:.4f}"]
        command += [] if number is None else ["--speaker", str(number)]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            why = said[-1] if said else f"it ended with {done.returncode}"
            raise ModelError(Fault.BROKEN_INSTALL, "piper said nothing", why, _INSTALL)
        try:
            yield trimmed(read_pcm(done.stdout, self.rate, self.rate), self.rate)
        except ValueError as error:
            raise ModelError(Fault.BAD_ANSWER, "piper said nothing", str(error), _INSTALL) from error


def _program() -> str:
    program = which("piper")
    if program is None:
        raise ModelError(Fault.NOT_INSTALLED, "piper is not installed", "its voices need it", _INSTALL)
    return program
