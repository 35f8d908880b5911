"""Fit the linear models of `photocast.looking.glimpses` on the labelled photos of the group `set`.

Run: python scripts/train_glimpses.py FOLDER_OF_THE_TEST_DATA (the one with `albums` and `pairs`)

Writes `src/photocast/looking/data/glimpses.npz`: four times 1,280 weights and a bias. Logistic regression with an L2
penalty, the rarer answer weighted up to the other, the features centred, gradient descent with momentum from zero: the
same photos give the same weights.
"""

import csv
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from photocast.looking.glimpses import NAMES
from photocast.models import Eyes

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src/photocast/looking/data/glimpses.npz"
PENALTY = {"outdoors": 3e-4, "people": 3e-4, "greenery": 1e-4, "trees": 1e-4}
STEPS = 2000
GREEN = frozenset(("tree", "plant", "flower", "woods", "garden", "grass", "field", "park", "leaf litter", "cactus"))
TREES = frozenset(("tree", "woods"))

Vector = NDArray[np.float64]


def answer(question: str, row: dict[str, str]) -> float | None:
    """1 or 0 as the label says, none where it leaves the question open."""
    if question == "outdoors":
        return {"outdoors": 1.0, "indoors": 0.0, "indoors|unclear": 0.0}.get(row["setting"])
    if question == "people":
        people = set(row["people"].split("|"))
        return None if len(people) > 1 and "0" in people else float("0" not in people)
    concepts = row["concepts"].split("|")
    return float(not (TREES if question == "trees" else GREEN).isdisjoint(concepts))


def fit(features: Vector, answers: Vector, penalty: float, *, balanced: bool) -> tuple[Vector, float]:
    """Weights (d,) and bias for features (n, d) and answers (n,) of 0 or 1."""
    share = answers.mean()
    counts = np.where(answers > 0, 0.5 / share, 0.5 / (1 - share)) if balanced else np.ones(len(answers))
    mean = (counts[:, None] * features).mean(axis=0)
    centred = features - mean
    curvature = 0.25 * np.linalg.norm(centred * np.sqrt(counts)[:, None], 2) ** 2 / len(answers)
    step = 0.5 / (curvature + penalty)
    weights, bias = np.zeros(features.shape[1]), 0.0
    speed, bias_speed = np.zeros_like(weights), 0.0
    for _ in range(STEPS):
        error = counts * (1 / (1 + np.exp(-(centred @ weights + bias))) - answers)
        speed = 0.9 * speed + centred.T @ error / len(answers) + penalty * weights
        bias_speed = 0.9 * bias_speed + error.mean()
        weights -= step * speed
        bias -= 0.5 * bias_speed
    return weights, bias - float(mean @ weights)


def main() -> None:
    """Read the labels, look, fit, write."""
    data = Path(sys.argv[1])
    with (ROOT / "benchmarks/labels/photos.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["group"] == "set"]
    eyes = Eyes()
    with tempfile.TemporaryDirectory() as folder:
        features = np.stack([_features(eyes, data / row["photo"], Path(folder)) for row in rows]).astype(np.float64)
    fitted = [_fit_one(question, rows, features) for question in NAMES]
    OUT.parent.mkdir(exist_ok=True)
    weights, biases = (np.array(part, dtype=np.float32) for part in zip(*fitted, strict=True))
    np.savez(OUT, weights=weights, biases=biases)
    print(f"{len(rows)} photos, {OUT.stat().st_size} bytes")


def _fit_one(question: str, rows: list[dict[str, str]], features: Vector) -> tuple[Vector, float]:
    answers = [answer(question, row) for row in rows]
    known = np.array([one is not None for one in answers])
    values = np.array([one for one in answers if one is not None])
    return fit(features[known], values, PENALTY[question], balanced=question in ("greenery", "trees"))


def _features(eyes: Eyes, photo: Path, folder: Path) -> NDArray[np.float32]:
    """As the album prepares photos for the eyes: upright, at most 1,024 pixels."""
    with Image.open(photo) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((1024, 1024))
    picture.save(folder / "photo.jpg", quality=90)
    return eyes.features(folder / "photo.jpg")


if __name__ == "__main__":
    main()
