"""An answer is drawn as the request says, and as nothing else says; it ends where it should."""

import json
from pathlib import Path
from typing import Any

import pytest

from photocast.models import Finish

DRAWN = {"temperature": 1.5, "top_p": 1.0, "max_tokens": 40}


def test_without_temperature_the_seed_does_not_matter(tiny: Any, opened: Any, ask: Any) -> None:
    model = opened(tiny())
    answers = {ask(model, "?", temperature=0.0, seed=seed).text for seed in (0, 1, None)}
    assert len(answers) == 1


def test_the_same_seed_gives_the_same_answer_and_another_another(tiny: Any, opened: Any, ask: Any) -> None:
    model = opened(tiny())
    first = ask(model, "?", seed=3, **DRAWN)
    assert ask(model, "?", seed=4, **DRAWN).text != first.text
    assert ask(model, "?", seed=3, **DRAWN).text == first.text
    assert ask(opened(tiny()), "?", seed=3, **DRAWN).text == first.text  # loaded anew


def test_without_a_seed_every_answer_is_another(tiny: Any, opened: Any, ask: Any) -> None:
    model = opened(tiny())
    assert ask(model, "?", seed=None, **DRAWN).text != ask(model, "?", seed=None, **DRAWN).text


def test_the_callers_random_numbers_are_left_alone(tiny: Any, opened: Any, ask: Any) -> None:
    import torch

    model = opened(tiny())
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    ask(model, "?", seed=3, **DRAWN)
    assert torch.equal(torch.rand(3), expected)


def test_temperature_and_top_p_reach_the_model(tiny: Any, opened: Any, ask: Any) -> None:
    model = opened(tiny())
    certain = ask(model, "?", temperature=0.0).text
    assert ask(model, "?", temperature=1.5, top_p=1.0).text != certain
    assert ask(model, "?", temperature=1.5, top_p=1e-6).text == certain  # of each word only the likeliest is left
    assert ask(model, "?", temperature=1e-4, top_p=1.0).text == certain


@pytest.mark.parametrize("sampling", [DRAWN, DRAWN | {"temperature": 0.0}], ids=["drawn", "greedy"])
def test_wishes_in_the_models_folder_change_nothing(
    sampling: Any, tiny: Any, opened: Any, ask: Any, copied: Any
) -> None:
    wishing = copied(tiny())
    file = wishing / "generation_config.json"
    wishes = {"top_k": 1, "temperature": 0.01, "repetition_penalty": 5.0, "no_repeat_ngram_size": 1, "top_p": 0.01}
    more = {"min_p": 0.9, "typical_p": 0.1, "suppress_tokens": list(range(200, 300)), "min_new_tokens": 39}
    file.write_text(json.dumps(json.loads(file.read_text()) | wishes | more | {"do_sample": True}))
    assert ask(opened(wishing), "?", **sampling).text == ask(opened(tiny()), "?", **sampling).text


def test_all_tokens_used_up_is_said(tiny: Any, opened: Any, ask: Any, script: str) -> None:
    answer = ask(opened(tiny(recites=script)), "?", max_tokens=3)
    assert answer.ending.finish is Finish.LENGTH
    assert answer.ending.usage.output_tokens == 3
    assert script.startswith(answer.text)


def test_an_answer_that_ends_with_its_last_token_is_done(tiny: Any, opened: Any, ask: Any, script: str) -> None:
    model = opened(tiny(recites=script))
    whole = ask(model, "?", max_tokens=100)
    exactly = ask(model, "?", max_tokens=whole.ending.usage.output_tokens)
    assert (exactly.text, exactly.ending.finish) == (script, Finish.DONE)


def test_the_end_is_found_though_the_lists_of_ending_tokens_forget_it(
    tiny: Any, opened: Any, ask: Any, copied: Any, script: str
) -> None:
    forgetful = copied(tiny(recites=script))
    (forgetful / "generation_config.json").unlink()
    _change(forgetful / "tokenizer_config.json", eos_token="<|endoftext|>")
    config = json.loads((forgetful / "config.json").read_text())
    config["text_config"]["eos_token_id"] = None
    (forgetful / "config.json").write_text(json.dumps(config))
    answer = ask(opened(forgetful), "?", max_tokens=100)
    assert (answer.text, answer.ending.finish) == (script, Finish.DONE)


def _change(file: Path, **values: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))
