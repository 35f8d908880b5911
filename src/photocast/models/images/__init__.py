"""Models that draw: a text goes in, a picture comes out.

    bedrock:stability.sd3-5-large-v1:0?aspect=16:9
    diffusers:stabilityai/stable-diffusion-3.5-large?size=1344x768&steps=28
    diffusers:./a-folder
    openai:gpt-image-1, or openai:NAME of a server with --base-url

Such a model is a `VisionModel` like those that write, so that `Calls` gives it a journal, a purse and patience. It puts
the picture into a store first and then answers with a line of JSON that names it: the journal never holds pictures, and
never names one that was not stored.
"""

from photocast.models.images.asked import picture_request
from photocast.models.images.drawn import Drawn, decode, read_drawn
from photocast.models.images.names import open_image_model
from photocast.models.images.store import PictureFolder, PictureStore, missing

__all__ = [
    "Drawn",
    "PictureFolder",
    "PictureStore",
    "decode",
    "missing",
    "open_image_model",
    "picture_request",
    "read_drawn",
]
