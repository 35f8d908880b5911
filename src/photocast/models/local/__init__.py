"""Models of transformers that run on this machine: `hf:` and a repository of the Hugging Face hub, or a folder.

    hf:Qwen/Qwen3-VL-8B-Instruct
    hf:Qwen/Qwen3-VL-8B-Instruct+my-adapter?quantize=4bit
    hf:./a-folder?image_tokens=256&device=cpu

Nothing here loads torch or transformers before a model is asked something, or its needs are.
"""

from photocast.models.local.needs import Needs, fetch_model, needs
from photocast.models.local.vision import LocalVision, open_local

__all__ = ["LocalVision", "Needs", "fetch_model", "needs", "open_local"]
