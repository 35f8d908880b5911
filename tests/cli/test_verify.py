"""`photocast verify` and `photocast sign`, as users have them."""

import wave
from pathlib import Path

import numpy as np
import pytest

from cli.conftest import Run
from photocast.provenance.watermark import embed


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(250)) * 64)
    return path


def test_signed_then_verified_then_damaged(run: Run, sound: Path, tmp_path: Path) -> None:
    env = {"PHOTOCAST_CONFIG": str(tmp_path / "settings")}
    plain = run("verify", sound, env=env)
    assert plain.code == 4
    assert "C2PA mark: none" in plain.out
    assert "not every file carries a valid mark" in plain.err

    signed = run("sign", sound, "--title", "Lisbon", "--source", "algorithmic", env=env)
    assert (signed.code, signed.out) == (0, f"{sound} is signed by photocast on this machine\n")

    good = run("verify", sound, env=env)
    assert good.code == 0, good.err
    assert "C2PA mark: valid" in good.out
    assert "photocast on this machine (issued by your own root)" in good.out
    assert "says       algorithmicMedia" in good.out
    assert "title      Lisbon" in good.out

    data = bytearray(sound.read_bytes())
    data[5000] ^= 1
    sound.write_bytes(data)
    bad = run("verify", sound, env=env)
    assert bad.code == 4
    assert "C2PA mark: invalid; the file was changed after it was signed (assertion.dataHash.mismatch)" in bad.out


def test_the_limits_are_said_once(inside: Run, sound: Path) -> None:
    done = inside("verify", sound, sound)
    assert done.out.count("Anybody can take a mark away") == 1
    assert done.out.count("C2PA mark: none") == 2


def test_json_is_one_document(inside: Run, sound: Path, tmp_path: Path) -> None:
    env = {"PHOTOCAST_CONFIG": str(tmp_path / "settings")}
    other = tmp_path / "other.wav"
    other.write_bytes(sound.read_bytes())
    assert inside("sign", sound, "--json", env=env).document["signer"] == "photocast on this machine"
    done = inside("verify", sound, other, "--json", env=env)
    assert done.code == 4
    first, second = done.document["files"]
    assert (first["file"], first["c2pa"]["state"], first["c2pa"]["trusted"]) == (str(sound), "valid", True)
    assert (second["c2pa"]["state"], second["tags"]["looked"]) == ("none", True)
    assert "Anybody can take a mark away" in done.document["limits"]
    assert inside("verify", sound, "--json", env=env).code == 0


def test_the_watermark_is_told_and_is_no_reason_for_the_exit_code(inside: Run, tmp_path: Path) -> None:
    env = {"PHOTOCAST_CONFIG": str(tmp_path / "settings")}
    noise = np.random.default_rng(0).standard_normal(16_000 * 30).astype(np.float32) * np.float32(0.1)
    for name, samples in (("marked", embed(noise, 16_000)), ("clean", noise), ("short", embed(noise[:4000], 16_000))):
        path = tmp_path / f"{name}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes((samples * 32767).astype("<i2").tobytes())
        assert inside("sign", path, env=env).code == 0
        done = inside("verify", path, env=env)
        assert done.code == 0
        assert {
            "marked": "by chance at most once in 10^",
            "clean": "watermark: none found (z",
            "short": "too short to tell",
        }[name] in done.out
        (told,) = inside("verify", path, "--json", env=env).document["files"]
        assert told["watermark"]["state"] == {"marked": "found", "clean": "none", "short": "too_short"}[name]


def test_errors_say_what_to_do(inside: Run, sound: Path, tmp_path: Path) -> None:
    assert inside("verify", tmp_path / "gone.wav").code == 4
    assert inside("verify").code == 2
    opus = sound.rename(tmp_path / "sound.opus")
    refused = inside("sign", opus)
    assert refused.code == 2
    assert "carries no C2PA mark" in refused.err
    assert inside("sign", opus, "--key", tmp_path / "key.pem").code == 3


def test_what_a_stranger_wrote_cannot_paint_the_terminal(inside: Run, sound: Path, tmp_path: Path) -> None:
    env = {"PHOTOCAST_CONFIG": str(tmp_path / "settings")}
    assert inside("sign", sound, "--title", "red \x1b[31m alert", env=env).code == 0
    done = inside("verify", sound, env=env)
    assert done.code == 0
    assert "\x1b" not in done.out
