"""The rewards in TRL's own trainer, on a tiny random model: it takes them, weighs them, and logs them by name."""

import warnings
from pathlib import Path
from typing import Any

import pytest

from photocast.models.tiny import build_tiny
from photocast.testing import torchvision_shim
from photocast.training.rewards import as_trl


@pytest.mark.slow
def test_a_step_of_grpo_with_our_rewards(tmp_path: Path) -> None:
    torchvision_shim.install()
    build_tiny("qwen3_vl", tmp_path / "tiny")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TRL and what it imports warn of their own plans
        logged = _step(tmp_path)
    assert logged["rewards/length_limit/mean"] == 1.0
    assert logged["rewards/labels/mean"] == 0.0  # a random model labels nothing
    assert logged["reward"] == pytest.approx(0.25)
    assert logged["rewards/length/none"] == 0.5  # one of the two prompts asks for no length
    assert logged["rewards/asr/none"] == 1.0


def _step(folder: Path) -> dict[str, Any]:
    from datasets import Dataset
    from PIL import Image
    from transformers import AutoModelForImageTextToText, AutoProcessor
    from trl import GRPOConfig, GRPOTrainer

    processor = AutoProcessor.from_pretrained(folder / "tiny")
    processor.tokenizer.padding_side = "left"
    asked = [{"role": "user", "content": [{"type": "image", "text": None}, {"type": "text", "text": "Talk about it."}]}]
    scene = {"prompt": "a dog on the beach", "image": 0}
    rows = [
        {"prompt": asked, "images": [Image.new("RGB", (64, 64))], "speakers": 2, "words": words, "scenes": [scene]}
        for words in (20, None)
    ]
    config = GRPOConfig(
        output_dir=str(folder / "out"),
        use_cpu=True,
        bf16=False,
        per_device_train_batch_size=4,
        num_generations=2,
        max_completion_length=12,
        max_steps=1,
        logging_steps=1,
        report_to="none",
        save_strategy="no",
        gradient_checkpointing=False,
        reward_weights=[0.25, 1.0, 1.0, 1.0, 1.0],
        disable_tqdm=True,
    )
    trainer = GRPOTrainer(
        AutoModelForImageTextToText.from_pretrained(folder / "tiny"),
        [as_trl(name) for name in ("length_limit", "labels", "length", "coverage", "asr")],
        args=config,
        train_dataset=Dataset.from_list(rows),
        processing_class=processor,
    )
    trainer.train()
    return next(line for line in trainer.state.log_history if "reward" in line)
