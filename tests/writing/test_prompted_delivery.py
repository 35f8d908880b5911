"""`--delivery`: what a model is asked for, and what becomes of what it answers."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from photocast.metrics.compliance import stage_direction_rate
from photocast.pipeline.settings import settle
from photocast.schema import Brief, Script, UsageError
from photocast.testing import ScriptedModel
from photocast.writing import Part, Work, write_with

MakeWork = Callable[..., Work]
LINES = """\
Maya: It's the same dog. In all of them. [p01]
Theo (hesitant): How many is all?
Maya: [laugh] Six, and there's a rock in this one, and the dog's on the *rock*. [p02]
Theo: You'd be on the rock.
Maya: I would be on the rock! But where's my beach? [p03]
Theo: [beat] Pebbles.
"""


def written(work: Work, answer: str) -> Script:
    return asyncio.run(write_with(ScriptedModel([answer] * 3), work)).script


def stressed(script: Script) -> list[str]:
    return [turn.text[start:end] for turn in script.turns for start, end in turn.delivery.emphasis]


def test_labelled_lines_hold_manners_sounds_and_stress(work: MakeWork) -> None:
    script = written(work(delivery=True), LINES)
    assert [(turn.delivery.manner, turn.delivery.events) for turn in script.turns] == [
        (None, ()), ("hesitant", ()), (None, ("laugh",)), (None, ()), (None, ()), (None, ("beat",)),
    ]  # fmt: skip
    assert stressed(script) == ["rock"]
    assert not any(set("*[](") & set(turn.text) for turn in script.turns)


def test_json_holds_them_in_fields(work: MakeWork) -> None:
    made = work(delivery=True, structured=True)
    turns = [
        {"speaker": "Maya", "text": "It's the same dog. In all of them.", "photos": ["p01"], "claims": []},
        {"speaker": "Theo", "text": "How many is all?", "photos": [], "claims": []},
        {"speaker": "Maya", "text": "Six, and there's a rock in this one.", "photos": ["p02"], "claims": []},
        {"speaker": "Theo", "text": "You'd be on the rock.", "photos": [], "claims": []},
    ]
    marks = [("plain", [], []), ("hesitant", ["sigh", "purple"], ["all"]), ("excited", [], ["six", "rock"])]
    marks += [("plain", ["beat"], ["nothing that is said"])]
    for turn, (manner, sounds, stress) in zip(turns, marks, strict=True):
        turn |= {"manner": manner, "sounds": sounds, "stress": stress}
    script = written(made, json.dumps({"turns": turns}))
    assert [(turn.delivery.manner, turn.delivery.events) for turn in script.turns] == [
        (None, ()), ("hesitant", ("sigh",)), ("excited", ()), (None, ("beat",)),
    ]  # fmt: skip
    assert [word.lower() for word in stressed(script)] == ["all", "six", "rock"]


def test_the_model_is_told_the_names_and_the_form(work: MakeWork) -> None:
    lines = work(delivery=True).part(Part(1, 1, ("p01",), 60), (), (), ())
    assert "hesitant" in str(lines.parts[-1])
    assert "Maya (hesitant): [sigh] I *did* write it down." in str(lines.parts[-1])
    form = work(delivery=True, structured=True).part(Part(1, 1, ("p01",), 60), (), (), ()).schema
    turn: Any = form["properties"]["turns"]["items"]  # type: ignore[index]
    assert {"manner", "sounds", "stress"} <= set(turn["required"])
    assert turn["properties"]["manner"]["enum"][0] == "plain"


@pytest.mark.parametrize("style", ["banter", "paper"])
def test_nobody_who_did_not_ask_is_told_of_it(style: str, work: MakeWork) -> None:
    part = Part(1, 1, ("p01",), 60)
    plain = work(style=style).part(part, (), (), ())
    asked = work(style=style, delivery=True).part(part, (), (), ())
    assert (asked.parts == plain.parts) == (style == "paper")
    assert asked.parts[-1][: len(plain.parts[-1])] == plain.parts[-1]  # type: ignore[index,arg-type]


def test_what_was_asked_for_is_no_stage_direction(work: MakeWork) -> None:
    """Three marks in 46 words, and none of them counts where they were wanted."""
    wanted, unwanted = (written(work(delivery=delivery), LINES) for delivery in (True, False))
    assert stage_direction_rate(wanted) == 0
    assert stage_direction_rate(unwanted) == pytest.approx(1000 * 3 / unwanted.words())


def test_the_paper_has_no_delivery() -> None:
    with pytest.raises(UsageError, match="paper has no delivery"):
        settle({"style": "paper", "delivery": True}, Brief())
