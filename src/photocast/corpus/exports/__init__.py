"""Exports of a dataset for other tools, the recipe of one without its talk, and making one again from its recipe."""

from photocast.corpus.exports.export import FORMATS, export
from photocast.corpus.exports.outline import Head, Outline, read_head, read_outlines
from photocast.corpus.exports.quoting import Talk
from photocast.corpus.exports.rebuild import Draw, Keep, Rebuilt, rebuild
from photocast.corpus.exports.written import Written

__all__ = [
    "FORMATS",
    "Draw",
    "Head",
    "Keep",
    "Outline",
    "Rebuilt",
    "Talk",
    "Written",
    "export",
    "read_head",
    "read_outlines",
    "rebuild",
]
