"""Sound that behaves as speech does: pauses, a gliding voice with its overtones, breath."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

Talk = Callable[..., NDArray[np.float32]]


def _voice(seconds: float, rate: int, seed: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * rate)) / rate
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * time) + 0.3 * np.sin(2 * np.pi * 0.7 * time), 0, None) ** 2
    phase = 2 * np.pi * np.cumsum(120 + 30 * np.sin(2 * np.pi * 0.4 * time)) / rate
    tone = sum(np.cos(k * phase + rng.uniform(0, 2 * np.pi)) / k for k in range(1, 30))
    breath = np.convolve(rng.standard_normal(len(time)), np.ones(4) / 4, "same")
    return (0.05 * syllables * (tone + 0.5 * breath)).astype(np.float32)


@pytest.fixture(scope="session")
def talk() -> Talk:
    """Call it with seconds, and `channels=2` for two speakers who sit apart; 24 000 samples a second."""

    def made(seconds: float, *, channels: int = 1, rate: int = 24_000) -> NDArray[np.float32]:
        one = _voice(seconds, rate, 1)
        if channels == 1:
            return one
        other = _voice(seconds, rate, 2)
        return np.stack([one + 0.5 * other, 0.5 * one + other], axis=1)

    return made
