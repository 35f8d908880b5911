"""A merged model says what the model and its adapter said; what does not is never called merged."""

import json
import resource
import shutil
from pathlib import Path
from typing import Any

import pytest

from photocast.models import Image, Request, Sampling
from photocast.models.local import open_local
from photocast.models.local.quiet import quiet
from photocast.models.local.trained import Trained, read_trained, write_trained
from photocast.models.names import parse_name
from photocast.models.tiny import Size, build_adapter, build_tiny
from photocast.schema import ConfigError, Fault, InputError, ModelError, UsageError
from photocast.training.after.merge import merge
from photocast.training.recipe import read_recipe, recipe_text
from training.conftest import Train


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture(scope="module")
def base(shelf: Path) -> Path:
    return build_tiny("qwen3_vl", shelf / "base")


@pytest.fixture(scope="module")
def adapter(base: Path, shelf: Path) -> Path:
    """Of a training of ours."""
    folder = build_adapter(base, shelf / "adapter")
    write_trained(folder, Trained(image_tokens=24, base=str(base), recipe="tiny-cpu", method="sft"))
    return folder


@pytest.fixture
def photo() -> Image:
    from importlib.resources import files

    path = Path(str(files("photocast.demo").joinpath("dog_at_the_beach", "dog_05.jpg")))
    return Image("p01", path)


async def _said(model: str, *parts: str | Image) -> str:
    request = Request(parts, sampling=Sampling(temperature=0.0, max_tokens=24))
    return "".join(
        [piece async for piece in open_local(parse_name(f"hf:{model}")).stream(request) if isinstance(piece, str)]
    )


def said(model: str, *parts: str | Image) -> str:
    import asyncio

    return asyncio.run(_said(model, *parts))


@pytest.mark.parametrize("family", ["qwen3_vl", "qwen2_5_vl", "smolvlm", "gemma3"])
def test_in_float32_nothing_is_lost(family: str, tmp_path: Path) -> None:
    model = build_tiny(family, tmp_path / "base")
    merged = merge(build_adapter(model, tmp_path / "adapter"), tmp_path / "merged")
    assert merged.drift.largest <= 1e-4
    assert merged.drift.kl < 1e-9
    assert merged.drift.top_1 == 1.0
    assert merged.effect.largest > 0.1  # the adapter does something that could have been lost
    assert merged.change.kept == pytest.approx(1.0, abs=1e-6)
    assert merged.change.error < 1e-6
    assert merged.warnings == ()


def test_the_merged_folder_is_a_model_of_its_own(base: Path, adapter: Path, photo: Image, tmp_path: Path) -> None:
    merge(adapter, tmp_path / "merged")
    taught = said(f"{base}+{adapter}", photo, "Tell.")
    assert said(str(tmp_path / "merged"), photo, "Tell.") == taught
    assert said(str(base), photo, "Tell.") != taught


def test_its_files_are_called_as_those_of_the_base(base: Path, adapter: Path, tmp_path: Path) -> None:
    from safetensors import safe_open

    merged = tmp_path / "merged"
    merge(adapter, merged)
    names = [set(safe_open(folder / "model.safetensors", "pt").keys()) for folder in (base, merged)]
    assert names[0] == names[1]
    for file in ("tokenizer.json", "chat_template.jinja", "processor_config.json"):
        assert (merged / file).read_bytes() == (base / file).read_bytes()
    assert read_trained(merged) == read_trained(adapter)
    asked = json.loads((merged / "generation_config.json").read_text())
    assert len(asked["eos_token_id"]) == 2
    assert not {"temperature", "top_k", "top_p"} & set(asked)


def test_what_was_compared_is_written_down(base: Path, adapter: Path, tmp_path: Path) -> None:
    merged = merge(adapter, tmp_path / "merged")
    report = json.loads((tmp_path / "merged" / "merge.json").read_text())
    assert report == json.loads(merged.model_dump_json())
    assert report["image_tokens"] == 24
    assert (report["drift"]["questions"], report["drift"]["positions"]) == (3, 192)
    assert str(tmp_path) not in json.dumps(report)


def test_a_matrix_by_hand() -> None:
    """W = (1, 2; 3, 4), A = (1, 0), B = (0; 2), scale alpha / r = 3: D = (0, 0; 6, 0)."""
    import peft
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from photocast.training.after.fold import fold_in, names_in_files

    sizes = {"hidden_size": 2, "intermediate_size": 2, "num_hidden_layers": 1, "num_attention_heads": 1}
    model: Any = LlamaForCausalLM(LlamaConfig(vocab_size=4, **sizes))  # type: ignore[no-untyped-call, arg-type]
    names = names_in_files(model)
    model.add_adapter(peft.LoraConfig(r=1, lora_alpha=3, target_modules=["gate_proj"]))
    layer = model.model.layers[0].mlp.gate_proj
    with torch.no_grad():
        layer.base_layer.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        layer.lora_A["default"].weight.copy_(torch.tensor([[1.0, 0.0]]))
        layer.lora_B["default"].weight.copy_(torch.tensor([[0.0], [2.0]]))
    change = fold_in(model, names)
    assert model.model.layers[0].mlp.gate_proj.weight.tolist() == [[1.0, 2.0], [9.0, 4.0]]
    assert change.model_dump() == {"matrices": 1, "asked": 6.0, "got": 6.0, "kept": 1.0, "error": 0.0}


@pytest.mark.parametrize(("strength", "least", "most"), [(0.1, 0.99, 1.01), (0.0003, 0.0, 0.1)])
def test_what_bfloat16_rounds_away_is_said(strength: float, least: float, most: float, tmp_path: Path) -> None:
    model = build_tiny("qwen3_vl", tmp_path / "base", dtype="bfloat16")
    faint = build_adapter(model, tmp_path / "adapter", strength=strength)
    merged = merge(faint, tmp_path / "merged")
    assert merged.dtype == "bfloat16"
    assert least <= merged.change.kept <= most
    assert any("survives the rounding" in warning for warning in merged.warnings) == (most < 0.5)
    whole = merge(faint, tmp_path / "whole", dtype="float32")
    assert whole.change.kept == pytest.approx(1.0, abs=1e-3)
    assert whole.warnings == ()


def test_an_adapter_that_changes_nothing_loses_nothing(base: Path, tmp_path: Path) -> None:
    merged = merge(build_adapter(base, tmp_path / "adapter", strength=0.0), tmp_path / "merged")
    assert (merged.change.asked, merged.change.kept, merged.effect.largest) == (0.0, 1.0, 0.0)


def test_a_model_that_says_something_else_does_not_get_the_name(base: Path, tmp_path: Path) -> None:
    """Words come in and go out through one matrix: changed for what goes out, it is changed for what comes in."""
    tied = _with_tied_words(base, tmp_path / "tied")
    with pytest.raises(ConfigError, match="does not say what") as caught:
        merge(_adapter_on_the_head(tied, tmp_path / "adapter"), tmp_path / "merged")
    assert not (tmp_path / "merged").exists()
    kept = tmp_path / "merged-differs"
    assert str(kept) in caught.value.do
    report = json.loads((kept / "merge.json").read_text())
    assert report["drift"]["kl"] > report["tolerance"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter", "merged-differs", "tied"]


def _with_tied_words(base: Path, folder: Path) -> Path:
    from safetensors.torch import load_file, save_file

    shutil.copytree(base, folder)
    config = json.loads((folder / "config.json").read_text())
    config["tie_word_embeddings"] = config["text_config"]["tie_word_embeddings"] = True
    (folder / "config.json").write_text(json.dumps(config))
    tensors = load_file(folder / "model.safetensors")
    del tensors["lm_head.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _adapter_on_the_head(base: Path, folder: Path) -> Path:
    import peft
    import torch
    from transformers import AutoModelForImageTextToText

    with quiet():
        model = AutoModelForImageTextToText.from_pretrained(base)
        adapted: Any = peft.get_peft_model(model, peft.LoraConfig(r=2, target_modules=["lm_head"]))
        for name, weight in adapted.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(weight, std=0.5)
        adapted.save_pretrained(folder, save_embedding_layers=False)
    return folder


def test_a_training_is_merged_by_its_folder(base: Path, adapter: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    recipe = read_recipe("tiny-cpu", ["model.quantize=4bit"])
    (run / "recipe.yaml").write_text(recipe_text(recipe))
    with pytest.raises(UsageError, match="has not come to its end"):
        merge(run, tmp_path / "merged")
    shutil.copytree(adapter, run / "final")
    merged = merge(run, tmp_path / "merged")
    assert merged.adapter == "final"
    assert any("weights in 4 bits" in warning for warning in merged.warnings)


def test_what_was_trained_is_merged_and_asked(train: Train, photo: Image, tmp_path: Path) -> None:
    """From a recipe to a folder that `--model hf:` takes."""
    run = train("optimisation.learning_rate=0.5")
    merged = merge(run.path, tmp_path / "merged")
    assert merged.drift.largest <= 1e-4 < merged.effect.largest
    assert merged.image_tokens == 16
    base = run.path / "base" / "tiny-qwen3_vl"
    assert said(str(tmp_path / "merged"), photo, "Tell.") == said(f"{base}+{run.final}", photo, "Tell.")


def test_a_base_that_was_built_on_the_spot_is_built_again(tmp_path: Path) -> None:
    model = build_tiny("smolvlm", tmp_path / "base")
    lora = build_adapter(model, tmp_path / "adapter")
    write_trained(lora, Trained(image_tokens=16, base="tiny:smolvlm", recipe="tiny-cpu", method="sft"))
    shutil.rmtree(model)
    assert merge(lora, tmp_path / "merged").drift.largest <= 1e-4


def test_a_whole_model_has_nothing_to_merge(base: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="whole model"):
        merge(base, tmp_path / "merged")


def test_a_folder_without_an_adapter(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no adapter"):
        merge(tmp_path, tmp_path / "merged")


def test_nothing_is_written_over(adapter: Path, tmp_path: Path) -> None:
    (tmp_path / "merged").mkdir()
    with pytest.raises(UsageError, match="never writes over"):
        merge(adapter, tmp_path / "merged")


def test_an_adapter_for_another_model(adapter: Path, tmp_path: Path) -> None:
    other = build_tiny("qwen3_vl", tmp_path / "other", size=Size(hidden=128))
    with pytest.raises(ModelError, match="does not fit other") as caught:
        merge(adapter, tmp_path / "merged", base=str(other))
    assert caught.value.fault is Fault.WRONG_ADAPTER
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_quantised_base_is_refused(base: Path, adapter: Path, tmp_path: Path) -> None:
    quantised = Path(shutil.copytree(base, tmp_path / "quantised"))
    config = json.loads((quantised / "config.json").read_text())
    config["quantization_config"] = {"quant_method": "bitsandbytes", "load_in_4bit": True}
    (quantised / "config.json").write_text(json.dumps(config))
    with pytest.raises(UsageError, match="its weights are quantised") as caught:
        merge(adapter, tmp_path / "merged", base=str(quantised))
    assert "--base" in caught.value.do


def test_a_full_disk_leaves_nothing_behind(adapter: Path, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))  # fails in the middle of the weights
    try:
        with pytest.raises(InputError, match="cannot write"):
            merge(adapter, tmp_path / "merged")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_it_compared(
    base: Path, adapter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from photocast.cli.main import run

    assert run(["train", "merge", str(adapter), "-o", str(tmp_path / "merged"), "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["folder"] == str(tmp_path / "merged")
    assert out["drift"]["largest"] <= 1e-4
    assert run(["train", "merge", str(adapter), "-o", str(tmp_path / "again")]) == 0
    assert "survives   100.0% of the change" in capsys.readouterr().out
