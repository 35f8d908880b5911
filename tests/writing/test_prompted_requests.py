"""What a model gets, from the first word to the last: files to be read by whoever changes the wording."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from photocast.looking import look_request
from photocast.models import Request
from photocast.prompts import VERSION, Prompts
from photocast.prompts.instruction import instruction
from photocast.schema import FactSheet, Kind, Known, Observation, Permission, Person, Script, Speaker, Turn
from photocast.testing import ScriptedModel
from photocast.writing import Part, Work, in_parts

MakeWork = Callable[..., Work]
SAID = (
    ("Maya", "Okay, so nobody feels tricked: it's the same dog. In all of them.", ("p01",)),
    ("Theo", "How many is all?", ()),
    ("Maya", "Six. And there's leaves on the ground. Anna would have said leaves are a beach.", ("p01",)),
    ("Theo", "This photo shows a rock.", ("p02",)),
    ("Maya", "You'd be pleased about the—", ("p02",)),
    ("Theo", "I would be pleased! But where's my beach?", ("p03",)),
)
TURNS = tuple(
    Turn(id=f"t{at:03d}", speaker=who, text=text, photos=photos) for at, (who, text, photos) in enumerate(SAID, start=1)
)


def read(requests: Sequence[Request]) -> str:
    """Requests as the model reads them; what all of them begin with is there once."""
    (system,) = {request.system for request in requests} - {""} or {"none"}
    texts = [f"===== system\n\n{system}\n"]
    for request in requests:
        parts = [part if isinstance(part, str) else f"<the picture {part.photo}>\n" for part in request.parts]
        told = "behind the system prompt" if request.system else "alone"
        texts.append(f"===== {request.purpose}, {told}\n\n{''.join(parts)}\n")
    return "\n".join(texts)


def script(work: Work) -> Script:
    return Script(title="Dogs", speakers=tuple(Speaker(name=host.name) for host in work.hosts), turns=TURNS)


def requests(work: Work) -> list[Request]:
    """The whole conversation, the end of a longer one, two turns anew, and the questions."""
    parts = in_parts(work.photos, 1600)
    wanted = {
        "t004": "“This photo shows” talks about a picture instead of what is in it",
        "t006": "nobody says anything about p05; bring it in here",
    }
    return [
        work.part(Part(1, 1, work.photos, 320), (), (), ()),
        work.part(parts[1], TURNS, ("p07", "p08"), TURNS[4:5]),
        work.turns(script(work), wanted, "repair"),
        work.questions(),
    ]


def dogs(work: MakeWork, **more: Any) -> Work:
    made = work(
        "dogs",
        about="The first time we took her to the sea. Anna drove.",
        people=(Person(name="Anna", who="my sister", photos=("5.jpg",)),),
        **more,
    )
    named = Observation(
        id="p05.time.afternoon", photos=("p05",), kind=Kind.TIME, what="afternoon", known=Known.METADATA,
        sources=("exif",), confidence=1.0,
    )  # fmt: skip
    return replace(made, facts=FactSheet(observations=(*made.facts.observations, named)))


def test_direct_from_somewhere_else(work: MakeWork, golden: Any) -> None:
    made = dogs(work, playful=0.4, disclosure=True)
    golden.check("prompt_direct.txt", read(requests(made)))


def test_from_facts_on_this_machine_as_json(work: MakeWork, golden: Any) -> None:
    made = dogs(work, direct=False, structured=True, allow=None, style="story", language="de", playful=0.8)
    look = look_request(ScriptedModel([]), dogs(work).images, made.telling, Prompts(), seed=0)  # notes for the facts
    golden.check("prompt_facts.txt", read([look, *requests(made)]))


def test_as_in_the_paper(work: MakeWork, golden: Any) -> None:
    made = dogs(work, style="paper")
    golden.check("prompt_paper.txt", read(requests(made)[:3]))


@pytest.mark.parametrize(
    ("pictures", "speakers", "words", "language"),
    [(1, 2, 42, "en"), (3, 4, 700, "pt"), (5, 2, 742, "en"), (5, 2, 799, "de"), (16, 3, 1049, "en")],
)
def test_what_a_model_is_trained_on_is_what_it_is_asked(
    pictures: int, speakers: int, words: int, language: str, work: MakeWork
) -> None:
    made = work(pictures, style="paper", cast=(), hosts=speakers, language=language)
    asked = made.part(Part(1, 1, made.photos, words), (), (), ())
    trained = instruction(Prompts(), pictures=pictures, speakers=speakers, words=words, language=language)
    assert asked.parts == (*made.images.values(), trained)
    assert asked.system == ""


@pytest.mark.parametrize("style", ["banter", "story", "interview", "bedtime", "paper"])
@pytest.mark.parametrize("direct", [True, False])
@pytest.mark.parametrize("structured", [True, False])
@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_every_request_is_tidy(style: str, direct: bool, structured: bool, language: str, work: MakeWork) -> None:
    made = dogs(work, style=style, direct=direct, structured=structured, language=language, allow=tuple(Permission))
    for request in requests(made):
        text = str(request.parts[-1])
        assert text == text.strip()
        assert "\n\n\n" not in text
        assert not re.search(r"[{}]|None|Undefined|[ \t]$", text, re.MULTILINE)
        assert (request.schema is not None) == (structured and (style != "paper" or request.purpose == "questions"))
        assert ("the language with the code pt-BR" in text) == (language == "pt-BR")
        assert bool(request.images) == direct


def test_turns_written_anew_are_shown_with_what_is_near_them(work: MakeWork) -> None:
    made = work("dogs")
    turns = tuple(
        Turn(id=f"t{at:03d}", speaker="MayaTheo"[at % 2 * 4 :][:4], text=f"Line {at}.") for at in range(1, 80)
    )
    long = Script(title="Long", speakers=(Speaker(name="Maya"), Speaker(name="Theo")), turns=turns)
    text = str(made.turns(long, {"t010": "shorter", "t050": "funnier"}, "redo").parts[-1])
    shown = [int(number) for number in re.findall(r"^t(\d{3}) (?:Maya|Theo): Line", text, re.MULTILINE)]
    assert shown == [*range(2, 19), *range(42, 59)]
    assert "t018 Maya: Line 18.\n(…)\nt042 Maya: Line 42." in text
    assert "of a longer conversation" in text
    assert "t010 (Maya): shorter\nt050 (Maya): funnier" in text


def test_a_wish_may_name_a_photo(work: MakeWork) -> None:
    made = work("dogs")
    asked = made.turns(script(made), {"t002": "say something about p06"}, "redo")
    assert [image.photo for image in asked.images] == ["p06"]


@pytest.mark.parametrize(("context", "tokens"), [(None, 2100), (4096, 1365), (100_000, 2100)])
def test_an_answer_has_room(context: int | None, tokens: int, work: MakeWork) -> None:
    made = replace(work("dogs"), context=context)
    assert made.part(Part(1, 1, made.photos, 900), (), (), ()).sampling.max_tokens == tokens


def test_a_template_of_ones_own_gets_plain_values_only(work: MakeWork, tmp_path: Any) -> None:
    """Objects of ours would let a template call what it should not."""
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "script.jinja").write_text(
        "{% for one in (part, hosts[0], photos[0], locked[0], notes) %}{{ one is mapping or one is sequence }} "
        "{% endfor %}{{ hosts[0].name }}"
    )
    made = work("dogs", prompts=Prompts(folder))
    asked = made.part(Part(1, 1, made.photos, 60), (), (), TURNS[:1])
    assert asked.parts[-1] == "True True True True True Maya"
    assert made.prompts.version.startswith(f"{VERSION}, script.jinja ")
