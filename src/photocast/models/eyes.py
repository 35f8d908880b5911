"""The embedded eyes: what a picture shows, where things are in it, and what is written in it."""

from collections import OrderedDict
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photocast.models.boxes import Box, candidates, regions, settle
from photocast.models.pictures import for_text, open_picture, part_of, straighten, views
from photocast.models.text import FOREIGN, find_strips, spell
from photocast.models.weights import coco_names, imagenet_names, open_session

CLASSIFIER_SIDE, DETECTOR_SIDE = 260, 300
TEXT_SIDE = 736
"""Longest side at which text is looked for; smaller letters than that shows are not read."""
CLASSES = 50
"""How many classes `classify` names."""
LEGIBLE = 0.5
"""Confidence from which a line counts as read; `spell` tells how it is reckoned."""
LONGEST_READ = 40
"""Lines read in one picture, the largest first: a photographed page must not take minutes."""
REMEMBERED = 8
"""Glances kept: those of the photos in hand. A glance holds a thousand chances, too much to keep for an album."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text that was read. Corners as of a `Box`, around all of a line that is tilted."""

    text: str
    confidence: float
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """What one look of the classifier gives."""

    probabilities: dict[str, float]
    """All 1,000 classes, the likeliest first; they add up to 1."""
    features: NDArray[np.float32]
    """1,280 numbers of length 1: the product of two glances is near 1 for pictures that look alike."""


class Eyes:
    """Four small networks, each loaded when first used; safe to share between threads.

    The same picture gives the same answer whatever was seen before and however many cores there are.

    Raises:
        ConfigError: at the first use of a network whose weights are missing or damaged.
    """

    def __init__(self) -> None:
        self._sessions: dict[str, Any] = {}
        self._glances: OrderedDict[tuple[Path, int, int], Glance] = OrderedDict()
        self._lock = Lock()

    def glance(self, image: Path) -> Glance:
        """Classes and features in one pass: the mean of three views of the picture. Remembered for every file."""
        state = image.stat()
        key = (image.resolve(), state.st_mtime_ns, state.st_size)
        known = self._glances.get(key)
        if known is not None:
            return known
        seen = [
            self._run("classifier", ["probabilities", "features"], view[None])
            for view in views(open_picture(image), CLASSIFIER_SIDE)
        ]
        chances = np.mean([one[0][0] for one in seen], axis=0)
        features = np.mean([one[1][0] for one in seen], axis=0)
        names = imagenet_names()
        found = Glance(
            probabilities={names[at]: float(chances[at]) for at in np.argsort(-chances, kind="stable")},
            features=features / np.linalg.norm(features),
        )
        with self._lock:
            self._glances[key] = found
            while len(self._glances) > REMEMBERED:
                self._glances.popitem(last=False)
        return found

    def classify(self, image: Path) -> dict[str, float]:
        """The 50 likeliest ImageNet classes of the picture and their probabilities, the likeliest first."""
        return dict(islice(self.glance(image).probabilities.items(), CLASSES))

    def features(self, image: Path) -> NDArray[np.float32]:
        """(1280,) of length 1, for telling which pictures look alike."""
        return self.glance(image).features

    def detect(self, image: Path) -> list[Box]:
        """Things of the 80 COCO labels with a score of .3 or more, the most certain first."""
        picture = open_picture(image)
        parts = []
        for region in regions(*picture.size):
            pixels = part_of(picture, (region.x0, region.y0, region.x1, region.y1), DETECTOR_SIDE)
            scores, codes = self._run("detector", ["scores", "codes"], pixels)
            parts.append(candidates(scores[0], codes[0], region))
        return settle(parts, coco_names())

    def read(self, image: Path) -> list[Line]:
        """The lines of text in the picture that could be read, from top to bottom. Untrusted, like a caption."""
        picture = open_picture(image)
        pixels = for_text(picture, TEXT_SIDE)
        high, wide = pixels.shape[1:3]
        strips = find_strips(self._run("find_text", ["text"], pixels)[0][0, 0])
        largest = sorted(strips, key=lambda strip: -strip.width * strip.height)[:LONGEST_READ]
        letters = self._session("read_text").get_modelmeta().custom_metadata_map["letters"]
        lines = []
        for strip in [strip for strip in strips if strip in largest]:
            level = straighten(picture, strip, (picture.width / wide, picture.height / high))
            text, confidence = spell(self._run("read_text", ["letters"], level)[0][0], letters)
            if text.strip() and FOREIGN not in text and confidence >= LEGIBLE:
                corners = np.clip(strip.corners() / np.array([wide, high]), 0, 1)
                low, top = corners.min(axis=0), corners.max(axis=0)
                lines.append(Line(text.strip(), confidence, *low.tolist(), *top.tolist()))
        return lines

    def _session(self, name: str) -> Any:
        with self._lock:
            if name not in self._sessions:
                self._sessions[name] = open_session(name)
            return self._sessions[name]

    def _run(self, name: str, outputs: list[str], pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        answer: list[NDArray[np.float32]] = self._session(name).run(outputs, {"pixels": pixels})
        return answer
