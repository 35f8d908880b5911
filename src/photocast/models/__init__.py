"""The only door to weights and to providers: the embedded eyes, and models that see photos and answer in words."""

from photocast.models.boxes import Box
from photocast.models.eyes import Eyes, Glance, Line
from photocast.models.vision import Ending, Finish, Image, Request, Sampling, Usage, VisionModel
from photocast.models.weights import Weights, coco_names, imagenet_names, shelf

__all__ = [
    "Box",
    "Ending",
    "Eyes",
    "Finish",
    "Glance",
    "Image",
    "Line",
    "Request",
    "Sampling",
    "Usage",
    "VisionModel",
    "Weights",
    "coco_names",
    "imagenet_names",
    "shelf",
]
