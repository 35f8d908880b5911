"""Models that draw, by the names that people write."""

from photocast.models.images.store import PictureStore
from photocast.models.names import openers, split_name
from photocast.models.vision import VisionModel
from photocast.schema import Fault, ModelError

IMAGE_ADAPTERS = {
    "bedrock": "photocast.models.images.remote:open_bedrock",
    "diffusers": "photocast.models.images.local:open_diffusers",
    "openai": "photocast.models.images.remote:open_openai",
}
"""Who opens the models of each provider; other packages add theirs through the entry-point group `photocast.images`."""


def open_image_model(name: str, store: PictureStore, *, base_url: str | None = None) -> VisionModel:
    """The model of that name, ready to draw into a store. Nothing is sent and nothing is downloaded yet.

    A package of one's own offers `open(spec, store)` through the entry-point group `photocast.images`, under the name
    before the colon, and returns a `VisionModel` whose answers are `Drawn.text`.

    Raises:
        ModelError: no such provider, a package or a key is missing, or an option is unknown.
        ConfigError: the file of keys cannot be used.
    """
    known = openers(IMAGE_ADAPTERS, "photocast.images")
    spec = split_name(name, known, base_url)
    if spec is None:
        why = f"a model that draws is written with one of these before it: {', '.join(f'{one}:' for one in known)}"
        do = "Write for example diffusers:stabilityai/stable-diffusion-3.5-large"
        raise ModelError(Fault.UNKNOWN_MODEL, f"there is no model {name!r} that draws", why, do)
    return known[spec.provider](spec, store)
