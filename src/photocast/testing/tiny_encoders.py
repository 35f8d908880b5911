"""Tiny encoders of texts and photos for tests, built in a second without a network.

Their weights are random, so what they find alike is not; but they read a text at the places where the large ones do.
A token is a single letter or byte, so that a sentence of a hundred letters is too long for 77 tokens.
"""

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from photocast.models.local.quiet import quiet

PIXELS, PATCH, WIDTH = 32, 8, 32
_SMALL = {"hidden_size": WIDTH, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
_START, _END = "<|startoftext|>", "<|endoftext|>"


def build_tiny_clip(folder: Path, *, positions: int = 77, old_ending: bool = False, seed: int = 0) -> Path:
    """Write a CLIP into a folder that `open_encoder("hf:FOLDER")` loads; returns the folder.

    Args:
        folder: is made when it is not there.
        positions: tokens that a text may have; 77 as in CLIP, 248 as in Long-CLIP.
        old_ending: whether the configuration says that the number of the end-of-text token is 2, as that of
            `openai/clip-vit-base-patch32` does; a text is then read off at the token with the highest number.
        seed: of the random weights.
    """
    words = clip_tokenizer(positions)
    special = {
        "bos_token_id": words.bos_token_id,
        "pad_token_id": words.pad_token_id,
        "eos_token_id": 2 if old_ending else words.eos_token_id,
    }
    config = _theirs().CLIPConfig(
        text_config=_SMALL | special | {"vocab_size": len(words), "max_position_embeddings": positions},
        vision_config=_SMALL | {"image_size": PIXELS, "patch_size": PATCH},
        projection_dim=WIDTH,
    )
    square = {"size": {"shortest_edge": PIXELS}, "crop_size": {"height": PIXELS, "width": PIXELS}}
    pictures = _theirs().CLIPImageProcessorPil(**square)
    return _write(folder, _theirs().CLIPProcessor(pictures, words), lambda: _theirs().CLIPModel(config), seed)


def build_tiny_siglip(folder: Path, *, positions: int = 64, seed: int = 0) -> Path:
    """Write a SigLIP with the tokenizer of SigLIP 2 into a folder, as its checkpoints of fixed size are.

    Args:
        folder: is made when it is not there.
        positions: tokens that every text is filled up to.
        seed: of the random weights.
    """
    words = _gemma_tokenizer()
    config = _theirs().SiglipConfig(
        text_config=_siglip_text(words, positions), vision_config=_SMALL | {"image_size": PIXELS, "patch_size": PATCH}
    )
    pictures = _theirs().SiglipImageProcessorPil(size={"height": PIXELS, "width": PIXELS})
    return _write(folder, _theirs().SiglipProcessor(pictures, words), lambda: _theirs().SiglipModel(config), seed)


def build_tiny_siglip2(folder: Path, *, positions: int = 64, seed: int = 0) -> Path:
    """Write a SigLIP 2 into a folder that sees photos in their own shape (NaFlex); arguments as `build_tiny_siglip`."""
    words = _gemma_tokenizer()
    config = _theirs().Siglip2Config(
        text_config=_siglip_text(words, positions), vision_config=_SMALL | {"num_patches": 16, "patch_size": PATCH}
    )
    pictures = _theirs().Siglip2ImageProcessorPil(patch_size=PATCH, max_num_patches=16)
    return _write(folder, _theirs().Siglip2Processor(pictures, words), lambda: _theirs().Siglip2Model(config), seed)


def build_tiny_open_clip(folder: Path, *, positions: int = 77, seed: int = 0) -> Path:
    """Write a CLIP of OpenCLIP into a folder that `open_encoder("open_clip:FOLDER")` loads; returns the folder.

    Args:
        folder: is made when it is not there.
        positions: tokens that a text may have.
        seed: of the random weights.
    """
    import torch

    library: Any = import_module("open_clip")
    settings = {
        "embed_dim": WIDTH,
        "vision_cfg": {"image_size": PIXELS, "layers": 2, "width": WIDTH, "head_width": 16, "patch_size": PATCH},
        "text_cfg": {"context_length": positions, "vocab_size": 49408, "width": WIDTH, "heads": 2, "layers": 2},
    }
    folder.mkdir(parents=True, exist_ok=True)
    with quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = library.CLIP(**settings)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": settings, "preprocess_cfg": {}}), "utf-8")
    import_module("safetensors.torch").save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    return folder


def _theirs() -> Any:
    return import_module("transformers")


def _write(folder: Path, processor: Any, build: Callable[[], Any], seed: int) -> Path:
    import torch

    with quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = build()
        _spread(model)
        folder.mkdir(parents=True, exist_ok=True)
        model.save_pretrained(folder)
        processor.save_pretrained(folder)
    return folder


def _spread(model: Any) -> None:
    """Make the random weights larger: at their usual size every text and every photo comes out nearly the same."""
    import torch

    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim > 1 and "logit" not in name:
                weight.normal_(std=1.0 if "embedding" in name else weight.shape[-1] ** -0.5)


def clip_tokenizer(positions: int) -> Any:
    """A tokenizer of single letters for texts of so many tokens."""
    from tokenizers import pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = [*letters, *(f"{letter}</w>" for letter in letters), _START, _END]  # the end has the highest number
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    return _theirs().CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=positions)


def _gemma_tokenizer() -> Any:
    from tokenizers import processors

    pieces = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *(f"<0x{byte:02X}>" for byte in range(256))]
    words = _theirs().Siglip2Tokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)}, merges=[], padding_side="right"
    )
    words.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="$A <eos>", special_tokens=[("<eos>", words.eos_token_id)]
    )
    return words


def _siglip_text(words: Any, positions: int) -> dict[str, Any]:
    special = {"pad_token_id": words.pad_token_id, "eos_token_id": words.eos_token_id, "bos_token_id": None}
    return _SMALL | special | {"vocab_size": len(words), "max_position_embeddings": positions}
