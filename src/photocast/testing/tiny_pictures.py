"""Tiny models that draw, for tests, built in a second without a network.

Their weights are random, so what they draw is noise; but it is noise that depends on the words and the seed.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

from photocast.models.local.quiet import quiet
from photocast.testing.tiny_encoders import clip_tokenizer

SIDE = 64
"""Pixels of the pictures, where no size is asked for; sides are multiples of 4."""
_TEXT = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
_VAE = {
    "sample_size": SIDE,
    "block_out_channels": (8, 16),
    "down_block_types": ("DownEncoderBlock2D",) * 2,
    "up_block_types": ("UpDecoderBlock2D",) * 2,
    "latent_channels": 4,
    "norm_num_groups": 4,
}


def build_tiny_sd3(folder: Path, *, seed: int = 0) -> Path:
    """Write a Stable Diffusion 3 without its T5 encoder, as people leave it out to save memory; returns the folder.

    Args:
        folder: is made when it is not there.
        seed: of the random weights.
    """
    import torch

    theirs, words = _diffusers(), clip_tokenizer(77)
    with quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        text = _transformers().CLIPTextModelWithProjection
        config = _transformers().CLIPTextConfig(**_text(words), projection_dim=32)
        pipeline = theirs.StableDiffusion3Pipeline(
            transformer=theirs.SD3Transformer2DModel(
                sample_size=SIDE // 2,
                in_channels=4,
                out_channels=4,
                num_layers=1,
                attention_head_dim=8,
                num_attention_heads=4,
                joint_attention_dim=64,
                caption_projection_dim=32,
                pooled_projection_dim=64,
            ),
            scheduler=theirs.FlowMatchEulerDiscreteScheduler(),
            vae=theirs.AutoencoderKL(**_VAE, use_quant_conv=False, use_post_quant_conv=False, shift_factor=0.06),
            text_encoder=text(config),
            tokenizer=words,
            text_encoder_2=text(config),
            tokenizer_2=words,
            text_encoder_3=None,
            tokenizer_3=None,
        )
        pipeline.save_pretrained(folder)
    return folder


def build_tiny_sd1(folder: Path, *, filters: bool, seed: int = 0) -> Path:
    """Write a Stable Diffusion 1 with its safety checker; returns the folder.

    Args:
        folder: is made when it is not there.
        filters: whether the checker keeps back every picture, or none.
        seed: of the random weights.
    """
    import torch

    theirs, words = _diffusers(), clip_tokenizer(77)
    checks: Any = import_module("diffusers.pipelines.stable_diffusion.safety_checker")
    crop = {"size": {"shortest_edge": 32}, "crop_size": {"height": 32, "width": 32}}
    with quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        vision = _TEXT | {"image_size": 32, "patch_size": 8}
        checker = checks.StableDiffusionSafetyChecker(
            _transformers().CLIPConfig(text_config=_TEXT, vision_config=vision, projection_dim=32)
        )
        # A picture is kept back when a cosine is above the weight of a concept, and none is above 2 or below -2.
        checker.concept_embeds_weights.data.fill_(-2.0 if filters else 2.0)
        checker.special_care_embeds_weights.data.fill_(2.0)
        pipeline = theirs.StableDiffusionPipeline(
            vae=theirs.AutoencoderKL(**_VAE),
            text_encoder=_transformers().CLIPTextModel(_transformers().CLIPTextConfig(**_text(words))),
            tokenizer=words,
            unet=theirs.UNet2DConditionModel(
                sample_size=SIDE // 2,
                block_out_channels=(8, 16),
                layers_per_block=1,
                down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
                up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
                cross_attention_dim=32,
                attention_head_dim=4,
                norm_num_groups=4,
            ),
            scheduler=theirs.DDIMScheduler(clip_sample=False),
            safety_checker=checker,
            feature_extractor=_transformers().CLIPImageProcessorPil(**crop),
        )
        pipeline.save_pretrained(folder)
    return folder


def _text(words: Any) -> dict[str, Any]:
    special = {name: getattr(words, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    return _TEXT | special | {"vocab_size": len(words), "max_position_embeddings": 77}


def _diffusers() -> Any:
    return import_module("diffusers")


def _transformers() -> Any:
    return import_module("transformers")
