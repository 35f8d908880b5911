"""Fit the linear model of `photocast.looking.setting` on the thresholds half of the labelled photos.

Run: python scripts/train_setting.py FOLDER_OF_THE_TEST_DATA (the one with `albums` and `pairs`)

Writes `src/photocast/looking/data/setting.npz`: 1,280 weights and a bias. Logistic regression with an L2 penalty, the
features centred, gradient descent with momentum from zero: the same photos give the same weights.
"""

import csv
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from photocast.models import Eyes

ROOT = Path(__file__).resolve().parents[1]
PENALTY = 3e-4
STEPS = 2000

Vector = NDArray[np.float64]


def fit(features: Vector, outdoors: Vector) -> tuple[Vector, float]:
    """Weights (d,) and bias for features (n, d) and answers (n,) of 0 or 1."""
    mean = features.mean(axis=0)
    centred = features - mean
    step = 0.5 / (0.25 * np.linalg.norm(centred, 2) ** 2 / len(outdoors) + PENALTY)
    weights, bias = np.zeros(features.shape[1]), 0.0
    speed, bias_speed = np.zeros_like(weights), 0.0
    for _ in range(STEPS):
        error = 1 / (1 + np.exp(-(centred @ weights + bias))) - outdoors
        speed = 0.9 * speed + centred.T @ error / len(outdoors) + PENALTY * weights
        bias_speed = 0.9 * bias_speed + error.mean()
        weights -= step * speed
        bias -= 0.5 * bias_speed
    return weights, bias - float(mean @ weights)


def main() -> None:
    """Read the labels, look, fit, write."""
    data = Path(sys.argv[1])
    with (ROOT / "benchmarks/labels/photos.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["half"] == "set"]
    rows = [row for row in rows if row["setting"] in ("indoors", "outdoors", "indoors|unclear")]
    eyes = Eyes()
    with tempfile.TemporaryDirectory() as folder:
        features = np.stack([_features(eyes, data / row["photo"], Path(folder)) for row in rows])
    weights, bias = fit(features.astype(np.float64), np.array([float(row["setting"] == "outdoors") for row in rows]))
    out = ROOT / "src/photocast/looking/data/setting.npz"
    out.parent.mkdir(exist_ok=True)
    np.savez(out, weights=weights.astype(np.float32), bias=np.float32(bias))
    print(f"{len(rows)} photos, {out.stat().st_size} bytes")


def _features(eyes: Eyes, photo: Path, folder: Path) -> NDArray[np.float32]:
    """As the album prepares photos for the eyes: upright, at most 1,024 pixels."""
    with Image.open(photo) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((1024, 1024))
    picture.save(folder / "photo.jpg", quality=90)
    return eyes.features(folder / "photo.jpg")


if __name__ == "__main__":
    main()
