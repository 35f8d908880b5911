"""What a call costs and how many tokens it will be, worked by hand."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pictures

from photocast.models import Image, Request, Sampling, Usage
from photocast.models.names import Spec
from photocast.models.prices import context_of, price_of, set_price
from photocast.models.tokens import Estimate, expected_tokens, image_tokens, request_tokens, text_tokens
from photocast.testing import ScriptedModel


def photo(folder: Path, width: int = 1024, height: int = 768) -> Image:
    path = folder / f"{width}x{height}.jpg"
    Pictures.new("RGB", (width, height), "teal").save(path)
    return Image("p01", path)


def test_the_table_by_hand() -> None:
    price = price_of("openai:gpt-5-mini")
    assert price is not None
    # 0.25 dollars for a million tokens in, 0.025 from the cache, 2 out: 0.0035 + 0.005
    assert price.cost(Usage(14_000, 2_500)) == pytest.approx(0.0085)
    assert price.cost(Usage(14_000, 2_500, cached_tokens=10_000)) == pytest.approx(0.001 + 0.00025 + 0.005)
    assert price.cost(Usage()) == 0.0


def test_the_table_says_which_and_how_old_it_is() -> None:
    price = price_of("anthropic:claude-haiku-4-5")
    assert price is not None
    assert price.table.startswith("genai-prices ")
    assert "last checked against price lists on 202" in price.table


def test_a_request_at_worst_and_as_expected(tmp_path: Path) -> None:
    request = Request(parts=("x" * 400, photo(tmp_path)), system="y" * 80, sampling=Sampling(max_tokens=1000))
    price = price_of("anthropic:claude-haiku-4-5")  # 1 dollar in, 5 out
    assert price is not None
    # 20 around it; 480 letters are 120 tokens, 240 at worst; 37 * 28 patches
    assert price.expected(request, 500) == pytest.approx((20 + 120 + 1036) / 1e6 + 500 * 5 / 1e6)
    assert price.worst(request) == pytest.approx((20 + 240 + 1036) / 1e6 + 1000 * 5 / 1e6)


def test_prices_of_ones_own() -> None:
    price = set_price(2, 10)
    assert price.cost(Usage(1_000_000, 500_000)) == pytest.approx(7.0)
    assert "$2 in and $10 out" in price.table


@pytest.mark.parametrize(
    "model",
    [
        "hf:Qwen/Qwen3-VL-8B-Instruct",
        "ollama:qwen3-vl:8b",
        Spec("openai", "gpt-5-mini", base_url="http://127.0.0.1:8000"),
        Spec("anthropic", "claude", base_url="http://localhost:9"),
        ScriptedModel([], name="openai:gpt-5-mini"),
        "recorded:tape.json",
    ],
)
def test_what_runs_on_this_machine_is_free(model: str | Spec | ScriptedModel, tmp_path: Path) -> None:
    price = price_of(model)
    assert price is not None
    assert price.cost(Usage(10**9, 10**9)) == 0.0
    assert price.worst(Request(parts=("hello", photo(tmp_path)))) == 0.0


@pytest.mark.parametrize(
    "model",
    [
        "openai:no-such-model",
        Spec("openai", "gpt-5-mini", base_url="https://gateway.example"),
        ScriptedModel([], name="openai:gpt-5-mini@gateway.example", host="gateway.example"),
    ],
)
def test_what_nobody_knows_has_no_price(model: str | Spec | ScriptedModel) -> None:
    assert price_of(model) is None


def test_a_recording_in_the_making_costs_what_the_model_costs() -> None:
    price = price_of("recorded:tape.json?from=openai:gpt-5-mini")
    assert price is not None
    assert price.cost(Usage(1_000_000, 0)) == pytest.approx(0.25)


def test_names_under_which_others_offer_a_model() -> None:
    for name in ("openrouter:anthropic/claude-haiku-4.5", "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0"):
        price = price_of(name)
        assert price is not None
        assert 0.9 < price.cost(Usage(1_000_000, 0)) < 1.2
    assert context_of("openai:gpt-5-mini") == 400_000
    assert context_of("openai:gpt-5-mini@gateway.example") is None
    assert context_of("ollama:llava") is None


@pytest.mark.parametrize(
    ("model", "width", "height", "expected", "worst"),
    [
        ("claude-haiku-4-5", 1024, 768, 37 * 28, 37 * 28),
        ("claude-sonnet-4-20250514", 4000, 3000, 1568, 1568),
        ("claude-opus-4-7", 4000, 3000, 4784, 4784),
        ("anthropic/claude-opus-5.5", 1024, 1024, 37 * 37, 37 * 37),
        ("gpt-4o", 1024, 1024, 85 + 4 * 170, 85 + 4 * 170),  # the example of OpenAI's guide: 768 x 768, four tiles
        ("gpt-4o", 2048, 4096, 85 + 6 * 170, 85 + 6 * 170),  # and the other: 1105
        ("gpt-5", 1024, 768, 70 + 4 * 140, 70 + 4 * 140),
        ("gpt-5-mini", 1024, 768, 922, 1245),  # 768 patches, 1.2 and 1.62
        ("gpt-4.1-nano", 1024, 1024, 2520, 2520),
        ("gemini-2.5-flash", 960, 540, 6 * 258, 6 * 258),  # Google's example: 360 pixels a tile, 3 x 2
        ("gemini-2.5-flash", 300, 384, 258, 258),
        ("gemini-3-flash-preview", 4000, 3000, 1120, 1120),
        ("Qwen/Qwen3-VL-8B-Instruct", 1024, 768, 32 * 24 + 2, 32 * 24 + 2),
        ("qwen2.5vl:7b", 1120, 560, 40 * 20 + 2, 40 * 20 + 2),
        ("gemma3:4b", 1024, 768, 258, 258),
        ("unheard-of", 1120, 560, 40 * 20, 70 * 35 + 35),
    ],
)
def test_photos_by_hand(model: str, width: int, height: int, expected: int, worst: int) -> None:
    assert image_tokens(model, width, height) == Estimate(expected, worst)


@given(
    st.sampled_from(
        ["claude-haiku-4-5", "claude-opus-5", "gpt-5-mini", "gpt-6-sol", "gemini-2.5-pro", "qwen3-vl", "?"]
    ),
    st.integers(16, 3000),
    st.integers(16, 3000),
)
def test_the_bound_holds_the_estimate_and_no_photo_is_nothing(model: str, width: int, height: int) -> None:
    estimate = image_tokens(model, width, height)
    assert 0 < estimate.expected <= estimate.worst


def test_words_by_hand() -> None:
    assert text_tokens("abcdefgh") == Estimate(2, 4)
    assert text_tokens("写真") == Estimate(2, 4)
    assert text_tokens("") == Estimate(0, 0)


def test_a_request_is_the_sum_of_its_parts(tmp_path: Path) -> None:
    one = photo(tmp_path)
    bare = Request(parts=("word " * 20,))
    full = Request(parts=("word " * 20, one, one), system="abcd", schema={"type": "object"})
    more = request_tokens("qwen3-vl", full).expected - request_tokens("qwen3-vl", bare).expected
    assert more == 2 * (32 * 24 + 2) + 1 + 5  # two photos, "abcd", and the 18 letters of the schema
    assert expected_tokens("qwen3-vl", bare) == 20 + 25


def test_the_size_is_read_without_decoding_the_photo(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Pictures.new("RGB", (1024, 768), "teal").save(buffer, "JPEG")
    path = tmp_path / "head.jpg"
    path.write_bytes(buffer.getvalue()[:700])  # the head of the file is there, most of the picture is not
    assert expected_tokens("qwen3-vl", Request(parts=(Image("p01", path),))) == 20 + 32 * 24 + 2
