"""One configuration and one processor for each family of tiny models, as small as the family allows."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from photocast.models.tiny.words import GEMMA, GEMMA4, IDEFICS, INTERNVL, QWEN, Words

HIDDEN, HEAD = 64, 16
CONTEXT = 32_768
GREY = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3}


@dataclass(frozen=True)
class Size:
    """How large the part of a model is that writes."""

    hidden: int = HIDDEN
    layers: int = 2
    context: int = CONTEXT


@dataclass(frozen=True)
class Family:
    """How to make a model of a family around a tokenizer."""

    words: Words
    config: Callable[[Any, Size], Any]
    processor: Callable[[Any], Any]


def _theirs() -> Any:
    return import_module("transformers")


def _text(tokenizer: Any, size: Size) -> dict[str, Any]:
    """What all language models have in common. Embeddings are not tied: what comes next need not look alike."""
    return {
        "vocab_size": len(tokenizer),
        "hidden_size": size.hidden,
        "intermediate_size": 2 * size.hidden,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.hidden // HEAD,
        "num_key_value_heads": size.hidden // HEAD // 2,
        "max_position_embeddings": size.context,
        "tie_word_embeddings": False,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }


def _qwen_tokens(tokenizer: Any) -> dict[str, Any]:
    number = tokenizer.convert_tokens_to_ids
    return {
        "image_token_id": number("<|image_pad|>"),
        "video_token_id": number("<|video_pad|>"),
        "vision_start_token_id": number("<|vision_start|>"),
        "vision_end_token_id": number("<|vision_end|>"),
        "tie_word_embeddings": False,
    }


def _qwen3_vl(tokenizer: Any, size: Size) -> Any:
    rope = {"rope_type": "default", "rope_theta": 5e6, "mrope_section": [4, 2, 2], "mrope_interleaved": True}
    return _theirs().Qwen3VLConfig(
        text_config=_text(tokenizer, size) | {"head_dim": HEAD, "rope_parameters": rope},
        vision_config={
            **{"depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "out_hidden_size": size.hidden},
            **{"patch_size": 16, "spatial_merge_size": 2, "num_position_embeddings": 64},
            "deepstack_visual_indexes": [0],
        },
        **_qwen_tokens(tokenizer),
    )


def _qwen3_5(tokenizer: Any, size: Size) -> Any:
    rope = {"rope_type": "default", "rope_theta": 1e7, "mrope_section": [2, 1, 1], "mrope_interleaved": True}
    linear = {f"linear_{part}_head_dim": HEAD for part in ("key", "value")}
    heads = {f"linear_num_{part}_heads": 2 for part in ("key", "value")}
    return _theirs().Qwen3_5Config(
        text_config=_text(tokenizer, size)
        | {"head_dim": HEAD, "rope_parameters": rope | {"partial_rotary_factor": 0.5}}
        | {"layer_types": ["linear_attention", "full_attention"] * (size.layers // 2)}
        | linear
        | heads,
        vision_config={
            **{"depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "out_hidden_size": size.hidden},
            **{"patch_size": 16, "spatial_merge_size": 2, "num_position_embeddings": 64},
        },
        **_qwen_tokens(tokenizer),
    )


def _qwen2_5_vl(tokenizer: Any, size: Size) -> Any:
    rope = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [4, 2, 2]}
    return _theirs().Qwen2_5_VLConfig(
        text_config=_text(tokenizer, size) | {"rope_parameters": rope},
        vision_config={
            **{"depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "out_hidden_size": size.hidden},
            **{"patch_size": 14, "spatial_merge_size": 2, "window_size": 56, "fullatt_block_indexes": [1]},
        },
        **_qwen_tokens(tokenizer),
    )


def _qwen_processor(patch: int, class_name: str, video_name: str) -> Callable[[Any], Any]:
    def made(tokenizer: Any) -> Any:
        cells = (2 * patch) ** 2
        size = {"shortest_edge": 4 * cells, "longest_edge": 1024 * cells}
        pictures = _theirs().Qwen2VLImageProcessor(patch_size=patch, merge_size=2, size=size, **GREY)
        videos = getattr(_theirs(), video_name)(size=size)
        return getattr(_theirs(), class_name)(pictures, tokenizer, videos, chat_template=QWEN.template)

    return made


def _idefics_parts(tokenizer: Any, size: Size) -> dict[str, Any]:
    return {
        "text_config": _text(tokenizer, size) | {"model_type": "llama", "head_dim": HEAD},
        "vision_config": {
            **{"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2},
            **{"image_size": 64, "patch_size": 8},
        },
        "scale_factor": 2,
        "image_token_id": tokenizer.convert_tokens_to_ids("<image>"),
        "pad_token_id": tokenizer.pad_token_id,
        "tie_word_embeddings": False,
    }


def _idefics3(tokenizer: Any, size: Size) -> Any:
    return _theirs().Idefics3Config(**_idefics_parts(tokenizer, size))


def _smolvlm(tokenizer: Any, size: Size) -> Any:
    return _theirs().SmolVLMConfig(**_idefics_parts(tokenizer, size))


TILES = {"size": {"longest_edge": 256}, "max_image_size": {"longest_edge": 64}}
"""A photo becomes up to four by four tiles and one small picture of the whole; each has 16 tokens."""


def _idefics3_processor(tokenizer: Any) -> Any:
    pictures = _theirs().Idefics3ImageProcessor(**TILES, **GREY)
    return _theirs().Idefics3Processor(pictures, tokenizer, image_seq_len=16, chat_template=IDEFICS.template)


def _smolvlm_processor(tokenizer: Any) -> Any:
    videos = _theirs().SmolVLMVideoProcessor(
        **TILES, video_sampling={"fps": 1, "max_frames": 4, "video_size": {"longest_edge": 64}}
    )
    pictures = _theirs().SmolVLMImageProcessor(**TILES, **GREY)
    return _theirs().SmolVLMProcessor(pictures, tokenizer, videos, image_seq_len=16, chat_template=IDEFICS.template)


def _internvl(tokenizer: Any, size: Size) -> Any:
    return _theirs().InternVLConfig(
        text_config=_text(tokenizer, size) | {"model_type": "qwen2"},
        vision_config={
            **{"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2},
            **{"image_size": [56, 56], "patch_size": [7, 7]},
        },
        image_seq_length=16,
        image_token_id=tokenizer.convert_tokens_to_ids("<IMG_CONTEXT>"),
        tie_word_embeddings=False,
    )


def _internvl_processor(tokenizer: Any) -> Any:
    size = {"height": 56, "width": 56}
    pictures = _theirs().GotOcr2ImageProcessor(size=size, crop_to_patches=True, min_patches=1, max_patches=12, **GREY)
    videos = _theirs().InternVLVideoProcessor(size=size)
    return _theirs().InternVLProcessor(
        pictures, tokenizer, videos, image_seq_length=16, chat_template=INTERNVL.template
    )


def _gemma3(tokenizer: Any, size: Size) -> Any:
    number = tokenizer.convert_tokens_to_ids
    return _theirs().Gemma3Config(
        text_config=_text(tokenizer, size)
        | {"head_dim": HEAD, "query_pre_attn_scalar": HEAD, "sliding_window": 512, "sliding_window_pattern": 2},
        vision_config={
            **{"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2},
            **{"image_size": 56, "patch_size": 7, "vision_use_head": False},
        },
        mm_tokens_per_image=16,
        boi_token_index=number("<start_of_image>"),
        eoi_token_index=number("<end_of_image>"),
        image_token_index=number("<image_soft_token>"),
        tie_word_embeddings=False,
    )


def _gemma3_processor(tokenizer: Any) -> Any:
    pictures = _theirs().Gemma3ImageProcessor(size={"height": 56, "width": 56}, **GREY)
    return _theirs().Gemma3Processor(pictures, tokenizer, image_seq_length=16, chat_template=GEMMA.template)


def _gemma4(tokenizer: Any, size: Size) -> Any:
    number = tokenizer.convert_tokens_to_ids
    return _theirs().Gemma4Config(
        text_config=_text(tokenizer, size)
        | {
            "head_dim": HEAD,
            "global_head_dim": HEAD,
            "sliding_window": 512,
            "vocab_size_per_layer_input": len(tokenizer),
        }
        | {
            "hidden_size_per_layer_input": 0,
            "layer_types": ["sliding_attention", "full_attention"] * (size.layers // 2),
        },
        vision_config={
            **{"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2},
            **{"num_key_value_heads": 2, "head_dim": 16, "patch_size": 8, "position_embedding_size": 256},
        },
        audio_config=None,
        boi_token_id=number("<|image>"),
        eoi_token_id=number("<image|>"),
        image_token_id=number("<|image|>"),
        video_token_id=number("<|video|>"),
        boa_token_id=number("<|audio>"),
        eoa_token_index=number("<audio|>"),
        audio_token_id=number("<|audio|>"),
        tie_word_embeddings=False,
    )


def _gemma4_processor(tokenizer: Any) -> Any:
    pictures = _theirs().Gemma4ImageProcessor(patch_size=8)
    videos = _theirs().Gemma4VideoProcessor(patch_size=8)
    sounds = _theirs().Gemma4AudioFeatureExtractor()
    return _theirs().Gemma4Processor(sounds, pictures, tokenizer, videos, chat_template=GEMMA4.template)


FAMILIES = {
    "qwen3_vl": Family(QWEN, _qwen3_vl, _qwen_processor(16, "Qwen3VLProcessor", "Qwen3VLVideoProcessor")),
    "qwen2_5_vl": Family(QWEN, _qwen2_5_vl, _qwen_processor(14, "Qwen2_5_VLProcessor", "Qwen2VLVideoProcessor")),
    "qwen3_5": Family(QWEN, _qwen3_5, _qwen_processor(16, "Qwen3VLProcessor", "Qwen3VLVideoProcessor")),
    "smolvlm": Family(IDEFICS, _smolvlm, _smolvlm_processor),
    "idefics3": Family(IDEFICS, _idefics3, _idefics3_processor),
    "internvl": Family(INTERNVL, _internvl, _internvl_processor),
    "gemma3": Family(GEMMA, _gemma3, _gemma3_processor),
    "gemma4": Family(GEMMA4, _gemma4, _gemma4_processor),
}
"""By the name that transformers has for the family (`model_type`)."""
