"""Whatever is wrong with a model is told with its kind, its reason, and what to do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast.models import Finish
from photocast.models.local import needs
from photocast.models.local.faults import is_out_of_memory
from photocast.models.names import parse_name
from photocast.models.tiny import Size, build_adapter
from photocast.schema import Fault, ModelError

Refusal = Callable[..., ModelError]


@pytest.fixture
def refusal(opened: Any, ask: Any, photos: Any) -> Refusal:
    """Opens a model, shows it photos, and returns the error that this must end in."""

    def refused(model: object, fault: Fault, **sampling: object) -> ModelError:
        with pytest.raises(ModelError) as caught:
            ask(opened(model), *photos, "?", **sampling)
        error = caught.value
        assert error.fault is fault
        assert not any(part.endswith(".") for part in (error.what, error.why, error.do))
        assert "Traceback" not in str(error)
        return error

    return refused


@pytest.fixture
def model(tiny: Any, copied: Any) -> Path:
    """A whole model, to be damaged."""
    folder: Path = copied(tiny())
    return folder


def change(file: Path, **values: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


# Names and options


@pytest.mark.parametrize(
    "name", ["./not-there", "/not/there", "~/not-there", "a/b/c", "Qwen/with spaces", "a--b", "a/..", "a/b."]
)
def test_a_folder_that_is_not_there(name: str, refusal: Refusal) -> None:
    error = refusal(name, Fault.UNKNOWN_MODEL)
    assert name in error.what
    assert error.exit_code == 3


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ("devise=cpu", "Write device instead"),
        ("quantise=4bit", "Write quantize instead"),
        ("colour=red", "Leave it out"),
        ("device=gpu", "cuda, cuda:1, mps or cpu"),
        ("dtype=int8", "bfloat16, float16, float32"),
        ("quantize=2bit", "4bit or 8bit"),
        ("image_tokens=0", "a number from 4 to 16384"),
        ("image_tokens=many", "a number from 4 to 16384"),
        ("image_tokens=-5", "a number from 4 to 16384"),
        ("image_tokens=²", "a number from 4 to 16384"),
        ("device=", "cuda, cuda:1, mps or cpu"),
    ],
)
def test_options_that_cannot_be_meant(options: str, hint: str, tiny: Any, refusal: Refusal) -> None:
    error = refusal(f"{tiny()}?{options}", Fault.REJECTED)
    assert hint in str(error)


def test_a_device_that_is_not_there(tiny: Any, refusal: Refusal) -> None:
    assert "cpu" in refusal(f"{tiny()}?device=cuda:99", Fault.REJECTED).why


# Files


def test_a_folder_without_a_model(tmp_path: Path, refusal: Refusal) -> None:
    assert "config.json" in refusal(tmp_path, Fault.BROKEN_FILES).why


def test_an_adapter_where_the_model_should_be(tiny: Any, tmp_path: Path, refusal: Refusal) -> None:
    lora = build_adapter(tiny(), tmp_path / "lora")
    assert f"hf:{tiny()}+lora" in refusal(lora, Fault.BROKEN_FILES).do


def test_weights_that_are_cut_off(model: Path, refusal: Refusal) -> None:
    file = model / "model.safetensors"
    size = file.stat().st_size
    file.write_bytes(file.read_bytes()[:-1000])
    assert f"{size - 1000:,} of {size:,} bytes" in refusal(model, Fault.BROKEN_FILES).why


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 100, b"version https://git-lfs.github.com/spec/v1\n" * 3])
def test_weights_that_are_none(content: bytes, model: Path, refusal: Refusal) -> None:
    (model / "model.safetensors").write_bytes(content)
    assert "model.safetensors" in refusal(model, Fault.BROKEN_FILES).why


@pytest.mark.parametrize("header", [b"[]", b"{}x", b'{"a": 1}', b'{"a": {"dtype": "F32", "shape": [1]}}', b"nonsense"])
def test_a_header_that_makes_no_sense(header: bytes, model: Path, refusal: Refusal) -> None:
    (model / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    assert "model.safetensors" in refusal(model, Fault.BROKEN_FILES).why


def test_weights_that_are_missing(model: Path, refusal: Refusal) -> None:
    (model / "model.safetensors").unlink()
    assert "model.safetensors" in refusal(model, Fault.BROKEN_FILES).why


def test_a_part_of_the_weights_that_is_missing(model: Path, refusal: Refusal) -> None:
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (model / "model.safetensors.index.json").write_text(json.dumps(index))
    (model / "model.safetensors").rename(model / "model-00001-of-00002.safetensors")
    assert "1 of 2 files are missing: model-00002-of-00002" in refusal(model, Fault.BROKEN_FILES).why


def test_weights_with_a_hole(model: Path, refusal: Refusal) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(model / "model.safetensors")
    del tensors["model.language_model.layers.1.self_attn.q_proj.weight"]
    save_file(tensors, model / "model.safetensors", metadata={"format": "pt"})
    assert "1 parts of the weights are missing" in refusal(model, Fault.BROKEN_FILES).why


def test_weights_of_another_size(model: Path, refusal: Refusal) -> None:
    config = json.loads((model / "config.json").read_text())
    config["text_config"]["intermediate_size"] = 256
    (model / "config.json").write_text(json.dumps(config))
    refusal(model, Fault.BROKEN_FILES)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"model_type": "qwen3_vl", "text_config": "x"}'])
def test_a_configuration_that_makes_no_sense(content: str, model: Path, refusal: Refusal) -> None:
    (model / "config.json").write_text(content)
    assert "config.json" in refusal(model, Fault.BROKEN_FILES).why


def test_a_processor_that_is_missing(model: Path, refusal: Refusal) -> None:
    (model / "processor_config.json").unlink()
    assert "what prepares photos" in refusal(model, Fault.BROKEN_FILES).why


def test_a_tokenizer_alone_is_no_processor(model: Path, refusal: Refusal) -> None:
    for file in ("processor_config.json", "preprocessor_config.json", "video_preprocessor_config.json"):
        (model / file).unlink(missing_ok=True)
    change(model / "tokenizer_config.json", processor_class=None)
    refusal(model, Fault.BROKEN_FILES)


def test_a_tokenizer_that_is_damaged(model: Path, refusal: Refusal) -> None:
    (model / "tokenizer.json").write_text("{")
    refusal(model, Fault.BROKEN_FILES)


# Kinds of models


def test_a_kind_that_transformers_does_not_know(model: Path, refusal: Refusal) -> None:
    change(model / "config.json", model_type="from_the_future")
    error = refusal(model, Fault.UNKNOWN_MODEL)
    assert "from_the_future" in error.why
    assert "upgrade transformers" in error.do


def test_a_model_with_code_of_its_own(model: Path, refusal: Refusal) -> None:
    change(model / "config.json", model_type="theirs", auto_map={"AutoConfig": "theirs.TheirConfig"})
    (model / "theirs.py").write_text("raise SystemExit('this must not run')")
    assert "-hf" in refusal(model, Fault.UNKNOWN_MODEL).do


def test_a_model_that_only_reads(model: Path, refusal: Refusal) -> None:
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps(config["text_config"] | {"model_type": "qwen3"}))
    error = refusal(model, Fault.NO_IMAGES)
    assert "'qwen3'" in error.why
    assert "Qwen3-VL" in error.do


def test_no_chat_template(model: Path, refusal: Refusal) -> None:
    (model / "chat_template.jinja").unlink()
    assert "no chat template" in refusal(model, Fault.NO_IMAGES).why


@pytest.mark.parametrize(
    "template",
    [
        "{% for m in messages %}{% for p in m.content if p.type == 'text' %}{{ p.text }}{% endfor %}{% endfor %}",
        "{% for m in messages %}{{ m.role }}: {{ m.content }}{% endfor %}",
        "{{ raise_exception('one photo at most') }}",
    ],
    ids=["leaves them out", "is for words alone", "refuses"],
)
def test_a_chat_template_that_drops_photos(template: str, model: Path, refusal: Refusal) -> None:
    (model / "chat_template.jinja").write_text(template)
    assert "places for 0 of 3 photos" in refusal(model, Fault.NO_IMAGES).why


def test_a_chat_template_with_one_place_for_all_photos(model: Path, refusal: Refusal) -> None:
    (model / "chat_template.jinja").write_text("<|vision_start|><|image_pad|><|vision_end|>?")
    assert "places for 1 of 3 photos" in refusal(model, Fault.NO_IMAGES).why


# Too much


def test_an_album_that_is_longer_than_the_context(tiny: Any, refusal: Refusal, opened: Any, ask: Any) -> None:
    small = tiny("qwen3_vl", size=Size(context=700))
    error = refusal(small, Fault.TOO_LONG, max_tokens=100)
    assert "the answer may have 100, the limit is 700" in error.why
    assert "Use at most 2 photos" in error.do


def test_what_is_said_to_fit_does_fit(tiny: Any, opened: Any, ask: Any, photos: Any) -> None:
    small = tiny("qwen3_vl", size=Size(context=700))
    assert ask(opened(small), *photos[:2], "?", max_tokens=100).text


def test_an_answer_gets_what_room_the_question_leaves(tiny: Any, opened: Any, ask: Any) -> None:
    from photocast.models.tiny import Size

    endless = tiny("qwen3_vl", " ".join(f"number {number}" for number in range(400)), Size(context=400))
    answer = ask(opened(endless), "?", max_tokens=50_000)
    assert answer.ending.finish is Finish.LENGTH
    assert answer.ending.usage.input_tokens + answer.ending.usage.output_tokens == 400


def test_a_model_that_is_larger_than_the_memory(model: Path, refusal: Refusal) -> None:
    """A million million weights: the file has a hole where they would be."""
    header = json.dumps({"huge": {"dtype": "F32", "shape": [10**6, 10**6], "data_offsets": [0, 4 * 10**12]}}).encode()
    try:
        with (model / "model.safetensors").open("wb") as file:
            file.write(len(header).to_bytes(8, "little") + header)
            file.truncate(8 + len(header) + 4 * 10**12)
    except OSError:
        pytest.skip("this file system has no room for a file of 4 TB, not even for one with a hole")
    error = refusal(model, Fault.OUT_OF_MEMORY)
    assert "4000.0 GB" in error.why
    assert "?quantize=4bit" in error.do
    needed = needs(parse_name(f"hf:{model}"))
    assert needed.fits is False


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23 GiB"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 17 GB, other allocations: 1 GB)"), True),
        (
            RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory: you tried"),
            True,
        ),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True),
        (RuntimeError("Invalid buffer size: 40.00 GB"), True),
        (OSError(12, "Cannot allocate memory"), True),
        (RuntimeError("The size of tensor a (3) must match the size of tensor b (4)"), False),
        (KeyError("out of memory"), False),
    ],
)
def test_how_torch_says_that_memory_ran_out(error: Exception, expected: bool) -> None:
    assert is_out_of_memory(error) is expected
