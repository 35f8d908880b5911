"""Encoders: models that put texts and photos into one space, where what belongs together lies close together.

    hf:openai/clip-vit-base-patch32
    hf:google/siglip2-base-patch16-224@1f2b3c4?device=cpu
    hf:./a-folder
    open_clip:ViT-B-32/laion2b_s34b_b79k
    open_clip:ViT-B-32/./weights.safetensors

An encoder reads so many tokens of a text and no more. A text that is longer is refused, never cut: what is cut off
would count for nothing, and of some models the cut takes the very token that the text is read at.
"""

from photocast.models.encoders.encoder import TextImageEncoder
from photocast.models.encoders.hf import HfEncoder
from photocast.models.encoders.names import open_encoder
from photocast.models.encoders.published import published_clip_score

__all__ = ["HfEncoder", "TextImageEncoder", "open_encoder", "published_clip_score"]
