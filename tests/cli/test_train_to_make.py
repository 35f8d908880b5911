"""From the dataset that the corpus packs to an episode that the trained model wrote: four commands."""

import json
from pathlib import Path
from typing import Any

import pytest

from photocast.models.tiny import Size, build_tiny
from photocast.testing import torchvision_shim
from photocast.testing.pairs import make_pairs, write_dataset

TALK = """\
Speaker 1: Is that flour on the ceiling?
Speaker 2: Where?
Speaker 1: Over the oven. How did you get flour up there?
Speaker 2: I would rather talk about the crust, if it is all the same to you, because the crust went well.
Speaker 1: It did. It is a good crust.
Speaker 2: Thank you.
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_trained_merged_described_and_used(few: Path, tmp_path: Path, inside: Any) -> None:
    """The base knows one talk by heart; a training of two small steps leaves it able to say it."""
    torchvision_shim.install()
    write_dataset(tmp_path / "dataset", make_pairs(16, podcasts=8, exchanges=1))
    base = build_tiny("qwen3_vl", tmp_path / "base", recites=TALK, size=Size(context=16_384))
    run = tmp_path / "run"
    settings = {
        "model.base": base,
        "optimisation.max_steps": 2,
        "optimisation.learning_rate": 1e-7,
        "watch.samples_every": 1,
        "generation.max_tokens": 40,
    }
    changes = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    trained = inside("train", "sft", tmp_path / "dataset", "--recipe", "tiny-cpu", "-o", run, *changes, "--local")
    assert trained.code == 0, trained.err
    assert "2 steps on 12 samples" in trained.out
    first = json.loads((run / "samples.jsonl").read_text().splitlines()[0])
    assert first["text"].startswith("Speaker 1: Is that flour on the ceiling?")

    merged = inside("train", "merge", run, "-o", tmp_path / "model", "--json")
    assert merged.code == 0, merged.err
    assert merged.document["drift"]["top_1"] == 1.0
    described = inside("train", "card", run)
    assert described.code == 0, described.err
    assert "tiny-cpu" in (run / "final" / "README.md").read_text()

    for name, model in {"merged": f"hf:{tmp_path / 'model'}", "adapter": f"hf:{base}+{run / 'final'}"}.items():
        made = inside(
            "make",
            few,
            "-o",
            tmp_path / name,
            "--model",
            model,
            "--style",
            "paper",
            "--length",
            "60w",
            "--local",
            "--yes",
        )
        assert made.code == 0, made.err
        script = json.loads((tmp_path / name / "script.json").read_text())
        assert [turn["text"] for turn in script["turns"]] == [line.split(": ", 1)[1] for line in TALK.splitlines()]
