"""An adapter changes what a model says; one that does not fit is never passed over in silence."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast.models.local.load import load
from photocast.models.local.options import Options
from photocast.models.local.quiet import quiet
from photocast.models.tiny import Size, build_adapter
from photocast.schema import Fault, ModelError


def refused(ask: Any, model: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        ask(model, "?")
    assert caught.value.fault is Fault.WRONG_ADAPTER
    return caught.value


@pytest.fixture
def changed(adapter: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the adapter with other settings, or with other tensors."""

    def copied(rename: Callable[[str], str | None] | None = None, **settings: object) -> Path:
        from safetensors.torch import load_file, save_file

        copy = Path(shutil.copytree(adapter, tmp_path / "changed"))
        file = copy / "adapter_config.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | settings))
        if rename is not None:
            tensors = load_file(copy / "adapter_model.safetensors")
            renamed = {rename(name): tensor for name, tensor in tensors.items()}
            renamed.pop(None, None)
            save_file(renamed, copy / "adapter_model.safetensors", metadata={"format": "pt"})  # type: ignore[arg-type]
        return copy

    return copied


def test_an_adapter_changes_the_answer(tiny: Any, adapter: Path, opened: Any, ask: Any) -> None:
    base = ask(opened(tiny()), "?", temperature=0.0)
    adapted = ask(opened(f"{tiny()}+{adapter}"), "?", temperature=0.0)
    assert adapted.text != base.text


def test_it_computes_what_the_adapters_own_library_computes(tiny: Any, adapter: Path) -> None:
    import peft
    import torch

    ours = load("it", tiny(), adapter, Options()).model
    with quiet():
        theirs = peft.PeftModel.from_pretrained(load("it", tiny(), None, Options()).model, str(adapter))
    ids = torch.arange(20, 60)[None]
    with torch.inference_mode():
        assert torch.equal(ours(input_ids=ids).logits, theirs(input_ids=ids).logits)


@pytest.mark.slow
def test_nothing_but_the_answer_is_printed(tiny: Any, adapter: Path, run_python: Any) -> None:
    """The adapters' library loads DeepSpeed where it is installed, which says on stdout what it has found."""
    code = """
import asyncio, sys
from photocast.models import Request, Sampling
from photocast.models.names import open_model

async def main():
    stream = open_model("hf:" + sys.argv[1]).stream(Request(("?",), sampling=Sampling(0.0, max_tokens=4)))
    async for piece in stream:
        pass
    print("asked")

asyncio.run(main())
"""
    ran = run_python(code, f"{tiny()}+{adapter}")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "asked\n", "")


def test_an_adapter_goes_onto_a_model_in_half_precision(tiny: Any, adapter: Path, opened: Any, ask: Any) -> None:
    halved = f"{tiny()}+{adapter}?dtype=bfloat16"
    assert ask(opened(halved), "?").text == ask(opened(halved), "?").text != ""


def test_an_adapter_is_part_of_the_name(tiny: Any, adapter: Path, opened: Any, tmp_path: Path) -> None:
    other = build_adapter(tiny(), tmp_path / "lora", seed=2)
    names = {opened(model).name for model in (tiny(), f"{tiny()}+{adapter}", f"{tiny()}+{other}")}
    assert len(names) == 3
    assert str(adapter.parent) not in "".join(names)


def test_folders_may_have_a_plus_sign_in_their_names(
    tiny: Any, adapter: Path, opened: Any, ask: Any, tmp_path: Path
) -> None:
    base = Path(shutil.copytree(tiny(), tmp_path / "more+less"))
    lora = Path(shutil.copytree(adapter, tmp_path / "a+b"))
    expected = ask(opened(f"{tiny()}+{adapter}"), "?", temperature=0.0).text
    assert ask(opened(f"{base}+{lora}"), "?", temperature=0.0).text == expected
    assert ask(opened(base), "?", temperature=0.0).text != expected


def test_a_folder_without_an_adapter_is_refused_at_once(tiny: Any, opened: Any, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no adapter_config\.json") as caught:
        opened(f"{tiny()}+{tmp_path}")
    assert caught.value.fault is Fault.WRONG_ADAPTER


def test_an_adapter_for_a_larger_model(tiny: Any, adapter: Path, opened: Any, ask: Any) -> None:
    larger = tiny("qwen3_vl", size=Size(hidden=128))
    error = refused(ask, opened(f"{larger}+{adapter}"))
    assert "20 have another shape" in error.why
    assert f"hf:{tiny()}+lora" in error.do  # the model that the adapter itself names


def test_an_adapter_for_a_deeper_model(tiny: Any, opened: Any, ask: Any, tmp_path: Path) -> None:
    deeper = build_adapter(tiny("qwen3_vl", size=Size(layers=4)), tmp_path / "deep")
    assert "20 have no place" in refused(ask, opened(f"{tiny()}+{deeper}")).why


def test_an_adapter_for_another_kind_of_model(tiny: Any, changed: Any, opened: Any, ask: Any) -> None:
    wrong = changed(target_modules=["c_attn"])
    assert "c_attn" in refused(ask, opened(f"{tiny()}+{wrong}")).why


def test_an_adapter_of_which_parts_are_missing(tiny: Any, changed: Any, opened: Any, ask: Any) -> None:
    halved = changed(rename=lambda name: name if "layers.0" in name else None)
    assert "10 are missing" in refused(ask, opened(f"{tiny()}+{halved}")).why


def test_an_adapter_whose_parts_are_called_otherwise(tiny: Any, changed: Any, opened: Any, ask: Any) -> None:
    renamed = changed(rename=lambda name: name.replace("language_model", "another_model"))
    assert "20 have no place" in refused(ask, opened(f"{tiny()}+{renamed}")).why


def test_an_adapter_that_is_cut_off(tiny: Any, changed: Any, opened: Any, ask: Any) -> None:
    cut = changed()
    file = cut / "adapter_model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ModelError, match="cut off") as caught:
        ask(opened(f"{tiny()}+{cut}"), "?")
    assert caught.value.fault is Fault.BROKEN_FILES
