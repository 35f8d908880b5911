"""Loudness and true peak agree with values known by hand; a master is as loud as meant and peaks where it may."""

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from photocast.schema import InputError
from photocast.speech.limiter import limited
from photocast.speech.loudness import decibels, envelope, integrated, peaks
from photocast.speech.master import mastered, measure
from speech.conftest import Talk

RATE = 24_000


def sine(hertz: float, *, seconds: float = 3, rate: int = RATE, phase: float = 0.0) -> NDArray[np.float32]:
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate + phase).astype(np.float32)


@pytest.mark.parametrize("rate", [22_050, 24_000, 44_100, 48_000])
def test_a_tone_at_full_scale_is_as_loud_as_the_standard_says(rate: int) -> None:
    """BS.1770: 997 Hz at 0 dBFS in one channel is -3.01 LUFS."""
    lufs, true_peak = measure(sine(997, rate=rate), rate)
    assert lufs == pytest.approx(-3.01, abs=0.1)
    assert true_peak == pytest.approx(0, abs=0.05)


def test_the_same_in_both_channels_is_three_decibels_louder() -> None:
    tone = 0.1 * sine(997)
    assert integrated(np.stack([tone, tone], axis=1), RATE) - integrated(tone, RATE) == pytest.approx(3.01, abs=0.01)


def test_a_peak_between_two_samples_is_found() -> None:
    """A quarter of the rate, an eighth of a turn in: every sample is at 0.707, the wave between them reaches 1."""
    tone = sine(RATE / 4, phase=np.pi / 4)
    assert decibels(float(np.abs(tone).max())) == pytest.approx(-3.01, abs=0.01)
    assert measure(tone * np.hanning(len(tone)).astype(np.float32), RATE)[1] == pytest.approx(0, abs=0.1)


def test_minute_by_minute_is_what_pyloudnorm_finds_in_one_go(talk: Talk) -> None:
    sound = talk(130.27, channels=2, rate=8000)
    sound[: len(sound) // 2] *= 0.2  # some of it below the relative gate
    assert integrated(sound, 8000) == pytest.approx(
        pyloudnorm.Meter(8000).integrated_loudness(sound.astype(float)), abs=1e-6
    )


@pytest.mark.parametrize(("channels", "target"), [(1, -19), (2, -16)])
def test_a_mix_gets_the_loudness_of_podcasts(talk: Talk, channels: int, target: float) -> None:
    mix = talk(10, channels=channels)
    master = mastered(mix, RATE)
    assert master.samples.shape == mix.shape
    assert master.samples.dtype == np.float32
    assert master.lufs == pytest.approx(target, abs=0.3)
    assert master.true_peak <= -1.9
    assert (master.lufs, master.true_peak) == measure(master.samples, RATE)


@settings(max_examples=12, deadline=None)
@given(gain=st.floats(-30, 30), target=st.floats(-30, -17))
def test_how_loud_the_mix_was_does_not_matter(talk: Talk, gain: float, target: float) -> None:
    mix = talk(3)
    master = mastered((mix * 10 ** (gain / 20)).astype(np.float32), RATE, target=target)
    assert master.lufs == pytest.approx(target, abs=0.3)
    assert master.true_peak <= -1.9


def test_a_mix_without_high_peaks_is_only_made_louder(talk: Talk) -> None:
    mix = talk(5)
    master = mastered(mix, RATE, target=-40)
    loud = np.abs(mix) > 0.01
    assert np.ptp(master.samples[loud] / mix[loud]) < 1e-5


def test_a_crest_is_turned_down_and_not_cut_off() -> None:
    """The tone inside a loud second keeps its shape: no overtone is heard, as of a wave whose tops are cut off."""
    tone = 0.2 * sine(500, seconds=3)
    tone[RATE : 2 * RATE] *= 8  # 1.6, 4 dB over full scale
    under = limited(tone, envelope(tone), RATE, gain=0, ceiling=-2)
    assert decibels(max(float(part.max()) for part in peaks(under))) == pytest.approx(-2, abs=0.05)
    spectrum = np.abs(np.fft.rfft(under[RATE + 6000 : RATE + 18_000] * np.hanning(12_000)))
    assert spectrum[750] < spectrum[250] / 10_000  # bins of 2 Hz: 1500 Hz, where clipping is heard most, at -80 dB
    assert np.array_equal(under[: RATE // 2], tone[: RATE // 2])
    assert np.array_equal(under[-RATE // 2 :], tone[-RATE // 2 :])


def test_the_gain_moves_smoothly_and_before_the_peak() -> None:
    level = np.full(RATE, 0.5, np.float32)
    level[RATE // 2] = 4.0
    gain = limited(level, np.abs(level), RATE, gain=0, ceiling=-2) / level
    assert gain[RATE // 2] * 4 <= 10 ** (-2 / 20) + 1e-6
    assert np.abs(np.diff(gain)).max() < 0.03  # of 0.8 in all
    assert gain[RATE // 2 - 48] < 0.5 < gain[RATE // 2 - 240]


def test_where_the_work_is_divided_does_not_show(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = talk(4, channels=2) * 8
    highest = envelope(sound)
    whole = limited(sound, highest, RATE, gain=6, ceiling=-2)
    monkeypatch.setattr("photocast.speech.limiter._STEP", 1001)
    assert np.abs(limited(sound, highest, RATE, gain=6, ceiling=-2) - whole).max() < 1e-6


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-20, 40))
def test_no_sample_gets_past_the_ceiling(seed: int, gain: float) -> None:
    rng = np.random.default_rng(seed)
    sound = (rng.standard_normal(5000) * rng.choice([0.001, 0.1, 5], 5000)).astype(np.float32)
    under = limited(sound, envelope(sound), RATE, gain=gain, ceiling=-2)
    assert np.abs(under).max() <= 10 ** (-2 / 20) * (1 + 1e-6)


def test_one_click_does_not_make_the_rest_soft(talk: Talk) -> None:
    mix = talk(10)
    mix[100_000] = 1
    assert mastered(mix, RATE).lufs == pytest.approx(-19, abs=0.3)


def test_what_is_all_clicks_is_refused() -> None:
    clicks = np.zeros(3 * RATE, np.float32)
    clicks[::9000] = 1
    with pytest.raises(InputError, match=r"cannot be made as loud as -19\.0 LUFS.*they stand too far above the rest"):
        mastered(clicks, RATE)


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        (np.zeros(RATE, np.float32), "silence"),
        (np.zeros((RATE, 2), np.float32), "silence"),
        (np.zeros(0, np.float32), r"lasts 0\.00 s"),
        (sine(997, seconds=0.39), r"lasts 0\.39 s"),
        (np.full(RATE, np.nan, np.float32), "not numbers"),
    ],
)
def test_what_has_no_loudness_is_refused(sound: NDArray[np.float32], why: str) -> None:
    for ask in (mastered, measure):
        with pytest.raises(InputError, match=why):
            ask(sound, RATE)
