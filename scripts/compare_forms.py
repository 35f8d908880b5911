"""How much the stored form of the weights changes what the eyes see, on real photos.

Packages: photocast itself. Make the float32 files first, with `--form float32` of the three converters, as
classifier.onnx, detector.onnx, find_text.onnx and read_text.onnx in one folder.
Run: python scripts/compare_forms.py FOLDER_OF_FLOAT32 [FOLDER_OF_OTHERS] --photos FOLDER
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from photocast.models.anchors import anchors, decode, overlap, suppress
from photocast.models.pictures import for_text, open_picture, part_of, straighten, views
from photocast.models.text import find_strips, spell
from photocast.models.weights import WEIGHTS

SURE = 0.5


def session(path: Path) -> Any:
    """On one thread, as the eyes open it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def boxes(scores: np.ndarray, codes: np.ndarray, least: float) -> list[tuple[int, np.ndarray]]:
    """Label and corners of what is found."""
    found = []
    for label in np.flatnonzero(scores.max(axis=0) >= least):
        strong = np.flatnonzero(scores[:, label] >= least)
        corners = decode(codes[strong], anchors()[strong])
        found += [(int(label), corners[one]) for one in suppress(corners, scores[strong, label], most=0.5)]
    return found


def compare_classifier(pair: list[Any], photos: list[Path]) -> None:
    """Top class, largest change of a probability, likeness of the features; one view of each photo."""
    a, b = (
        [one.run(["probabilities", "features"], {"pixels": views(open_picture(photo), 260)[:1]}) for photo in photos]
        for one in pair
    )
    chances = [np.concatenate([one[0] for one in side]) for side in (a, b)]
    cosine = [float((x[1] * y[1]).sum()) for x, y in zip(a, b, strict=True)]
    change = np.abs(chances[0] - chances[1]).max(axis=1)
    same = np.mean(chances[0].argmax(axis=1) == chances[1].argmax(axis=1))
    print(
        f"classifier: same top class {same:.3f}, largest change of a probability {change.max():.3f}, mean over photos"
    )
    print(f"            of the largest {change.mean():.4f}, least cosine of the features {min(cosine):.4f}")


def compare_detector(pair: list[Any], photos: list[Path]) -> None:
    """Boxes above .5 that have a partner of the same label above .3 on the other side, and how well they overlap."""
    fits: list[float] = []
    lost = extra = 0
    change = 0.0
    for photo in photos:
        pixels = part_of(open_picture(photo), (0, 0, 1, 1), 300)
        (s0, c0), (s1, c1) = ([part[0] for part in one.run(["scores", "codes"], {"pixels": pixels})] for one in pair)
        change = max(change, float(np.abs(s0 - s1).max()))
        lost += len(partners(boxes(s0, c0, SURE), boxes(s1, c1, 0.3), fits))
        extra += len(partners(boxes(s1, c1, SURE), boxes(s0, c0, 0.3), []))
    print(f"detector:   {len(fits)} boxes found again, {lost} lost, {extra} new; IoU mean {np.mean(fits):.3f}, least")
    print(f"            {min(fits):.3f}; largest change of a score {change:.3f}")


def partners(these: list[tuple[int, np.ndarray]], those: list[tuple[int, np.ndarray]], fits: list[float]) -> list[int]:
    """Labels of these boxes without a partner among those; overlaps of the others go to `fits`."""
    alone = []
    for label, corners in these:
        best = max((float(overlap(corners, other[None])[0]) for kind, other in those if kind == label), default=0.0)
        if best > SURE:
            fits.append(best)
        else:
            alone.append(label)
    return alone


def compare_reader(finders: list[Any], readers: list[Any], photos: list[Path]) -> None:
    """Change of the map of text, and lines that read the same when both are given the same strip."""
    letters = readers[0].get_modelmeta().custom_metadata_map["letters"]
    change, same, total = [], 0, 0
    for photo in photos:
        picture = open_picture(photo)
        pixels = for_text(picture, 736)
        maps = [one.run(["text"], {"pixels": pixels})[0][0, 0] for one in finders]
        change.append(float(np.mean((maps[0] > 0.3) != (maps[1] > 0.3))))
        scale = (picture.width / pixels.shape[2], picture.height / pixels.shape[1])
        for strip in find_strips(maps[0]):
            level = straighten(picture, strip, scale)
            (text, sure), (other, _) = (
                spell(one.run(["letters"], {"pixels": level})[0][0], letters) for one in readers
            )
            if sure >= SURE:
                total, same = total + 1, same + (text == other)
    print(f"find_text:  pixels of text that change sides {np.mean(change):.5f} of the picture")
    print(f"read_text:  {same} of {total} lines with confidence .5 or more read the same")


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description="What the form of the weights changes")
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path, nargs="?", default=Path(str(WEIGHTS)))
    parser.add_argument("--photos", type=Path, required=True)
    asked = parser.parse_args()
    photos = sorted(path for path in asked.photos.rglob("*.jpg"))
    pairs = {
        name: [session(folder / f"{name}.onnx") for folder in (asked.first, asked.second)]
        for name in ("classifier", "detector", "find_text", "read_text")
    }
    print(f"{len(photos)} photos")
    compare_classifier(pairs["classifier"], photos)
    compare_detector(pairs["detector"], photos)
    compare_reader(pairs["find_text"], pairs["read_text"], photos)


if __name__ == "__main__":
    main()
