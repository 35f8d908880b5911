"""Engines on this machine beside the embedded one: Kokoro in a folder, hibari, Piper as a program."""

import json
import shutil
import stat
import sys
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from photocast.models.names import Spec
from photocast.models.speech import Line, SpeechEngine, open_engine
from photocast.models.speech.kokoro_files import Embedded
from photocast.models.speech.piper import open_piper
from photocast.models.speech.prices import speech_price
from photocast.schema import Fault, InputError, ModelError, UsageError

needs_speech = pytest.mark.skipif(not find_spec("hibari"), reason="the extra speech is not installed")
TEXT = "Hold on, which one of these two doors is it?"
_STAND_IN = """#!{python}
import sys
text = sys.stdin.read()
if "fail" in text: sys.exit("cannot load the voice")
scale = float(sys.argv[sys.argv.index("--length-scale") + 1])
frames = b"\\x00\\x20\\x00\\xe0" * round(500 * len(text) * scale)
sys.stdout.buffer.write(frames[:-1] if "cut" in text else b"" if "nothing" in text else frames)
"""


def said(engine: SpeechEngine, text: str = TEXT, speed: float = 1.0) -> np.ndarray:
    return np.concatenate([*engine.speak(Line(text, engine.voices[0].id, speed))])


@needs_speech
def test_kokoro_from_a_folder_says_what_the_embedded_one_says(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(Embedded().network())
    shutil.copytree(str(files("photocast.models.speech") / "data" / "kokoro"), tmp_path / "voices")
    engine = open_engine(f"kokoro:{tmp_path}")
    assert {one.id for one in engine.voices} == {one.id for one in open_engine("kokoro").voices}
    assert [one.language for one in engine.voices].count("en-GB") == 2
    heart = Line("Six of them.", "kokoro:heart")
    assert np.array_equal(*(np.concatenate([*one.speak(heart)]) for one in (engine, open_engine("kokoro"))))


def test_a_folder_without_kokoro_and_a_network_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no Kokoro"):
        open_engine(f"kokoro:{tmp_path}")
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "af_heart.bin").write_bytes(bytes(1024 * 4))
    (tmp_path / "model.onnx").write_bytes(b"no network")
    if find_spec("hibari"):
        with pytest.raises(ModelError) as error:
            said(open_engine(f"kokoro:{tmp_path}"))
        assert error.value.fault is Fault.BROKEN_FILES


@needs_speech
def test_hibari_speaks_and_sounds_the_same_twice() -> None:
    engine = open_engine("hibari")
    sound = said(engine)
    assert 1.5 < len(sound) / engine.rate < 6
    assert np.array_equal(sound, said(engine))
    assert len(said(engine, speed=1.5)) < 0.8 * len(sound)
    with pytest.raises(ModelError, match="English alone"):
        said(engine, "Привет, мир")


@pytest.fixture
def voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A voice's files, and a program with Piper's command line that hums."""
    program = tmp_path / "bin" / "piper"
    program.parent.mkdir()
    program.write_text(_STAND_IN.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent))
    path = tmp_path / "joe.onnx"
    path.write_bytes(b"weights")
    Path(f"{path}.json").write_text(json.dumps({"audio": {"sample_rate": 22_050}, "language": {"code": "en_US"}}))
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="the program that stands in is a script with a #! line")
def test_piper_is_a_program_beside_ours(voice: Path) -> None:
    engine = open_piper(Spec("piper", str(voice)))
    assert engine.rate == 22_050
    assert [(one.id, one.language) for one in engine.voices] == [("piper:joe", "en-US")]
    assert len(said(engine, "abcd")) == 2 * 500 * 4
    assert len(said(engine, "abcd", speed=2)) == 500 * 4
    for text, fault in (("cut", Fault.BAD_ANSWER), ("nothing", Fault.BAD_ANSWER), ("fail", Fault.BROKEN_INSTALL)):
        with pytest.raises(ModelError) as error:
            said(engine, text)
        assert error.value.fault is fault
    assert "cannot load the voice" in error.value.why


def test_piper_that_is_missing_or_has_no_voice(voice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(f"piper:{voice}")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ModelError, match="piper is not installed"):
        said(engine)
    Path(f"{voice}.json").write_text("{}")
    with pytest.raises(InputError, match="no voice of Piper"):
        open_engine(f"piper:{voice}")
    voice.unlink()
    with pytest.raises(InputError, match="no voice of Piper"):
        open_engine(f"piper:{voice}")
    with pytest.raises(UsageError, match="piper has no voice"):
        open_engine("piper")


def test_prices_are_of_models_that_are_known() -> None:
    price = speech_price("openai:tts-1")
    assert price is not None
    assert price.cost(1_000_000) == 15
    assert speech_price("openai:tts-1@gpu.example") is None
    assert speech_price("server:tts-1@gpu.example") is None
