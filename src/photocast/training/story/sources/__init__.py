"""Readers: what people bring becomes visual stories, or is left out with a reason."""
