"""Tiny vision-language models, built in a second without a network: to see that everything works before it is large."""

from photocast.models.tiny.build import build_adapter, build_tiny
from photocast.models.tiny.families import FAMILIES, Size

__all__ = ["FAMILIES", "Size", "build_adapter", "build_tiny"]
