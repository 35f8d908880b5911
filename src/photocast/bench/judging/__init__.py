"""Judges: which transcript sounds more like people, asked so that the answer can be defended."""
