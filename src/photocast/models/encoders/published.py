"""The CLIPScore of SPoRC-VIST as it was computed: a reproduction of a defect, not a metric."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from photocast.models.encoders.encoder import TextImageEncoder, Vectors, read_picture
from photocast.models.encoders.hf import HfEncoder
from photocast.models.local.quiet import quiet
from photocast.schema import Fault, ModelError, UndefinedMetric

CHARACTERS = 500
SIDE = 224


def published_clip_score(encoder: TextImageEncoder, transcript: str, photos: Sequence[Path]) -> float:
    """CLIPScore as arXiv:2601.01062 computed it, defects included. It says nothing about the text.

    Its first 500 characters, labels and all, are tokenised; what goes beyond the places of the model (77) is sliced
    off, and with it the end-of-text token, as torchmetrics 1.2.1 to 1.9.0 do. CLIP reads a text off at that token, and
    without it at the first one, which has seen nothing of the text: all texts of more than 77 tokens have one and the
    same score for a photo. Photos are squeezed to 224 x 224 pixels without keeping their shape (here bilinearly; how
    the paper did is not known). The figure is the mean over the photos of 100 · max(cos, 0); the paper states the
    factor 2.5, and printed this.

    Args:
        encoder: of the kind CLIP; the paper used `hf:openai/clip-vit-base-patch32`.
        transcript: of the whole episode, with its labels, as the paper's files have it below their header.
        photos: of the story.

    Raises:
        ModelError: the encoder is no CLIP, so that the defect would not be the published one.
        UndefinedMetric: there are no photos.
    """
    if not isinstance(encoder, HfEncoder) or encoder.model.config.model_type != "clip":
        what, why = f"{encoder.name} cannot reproduce the published figures", "they are those of a CLIP of transformers"
        raise ModelError(Fault.REJECTED, what, why, "Take hf:openai/clip-vit-base-patch32")
    if not photos:
        raise UndefinedMetric("The published CLIPScore is undefined", "there are no photos", "Leave the story out")
    squeezed = [read_picture(photo).resize((SIDE, SIDE), Image.Resampling.BILINEAR) for photo in photos]
    cosines = encoder.picture_features(squeezed) @ published_text_features(encoder, transcript)[0]
    return float(np.mean(100 * np.maximum(cosines, 0)))


def published_text_features(encoder: HfEncoder, transcript: str) -> Vectors:
    """(1, d): what the published path reads off a transcript; the same for all that are long enough."""
    with quiet():  # the tokenizer warns that the text is too long, which is the point
        tokens = encoder.tokenizer([transcript[:CHARACTERS]], padding=True, return_tensors="pt")
    return encoder.token_features({name: rows[..., : encoder.limit] for name, rows in tokens.items()})
