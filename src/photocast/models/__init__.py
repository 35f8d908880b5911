"""The embedded eyes: pictures in, labels, boxes and words out, on this machine and without a network."""

from photocast.models.boxes import Box
from photocast.models.eyes import Eyes, Glance, Line
from photocast.models.weights import Weights, coco_names, imagenet_names, shelf

__all__ = ["Box", "Eyes", "Glance", "Line", "Weights", "coco_names", "imagenet_names", "shelf"]
