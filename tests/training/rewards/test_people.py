"""Likeness to people: values worked out by hand beside planted people, and real people before broken talk."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import pytest

from photocast.bench.conversations import conversations
from photocast.bench.reference import windows
from photocast.metrics import LEXICON_VERSION, Quantiles, Reference, reference
from photocast.metrics.reference import TURN_STEPS
from photocast.schema import InputError, UsageError
from photocast.training.rewards import Asked, repetition, shape

EVENLY = Quantiles(n=101, mean=0.5, sd=0.3, values=tuple(at / 100 for at in range(101)))
"""People of whom p % have up to p / 100."""
ALIKE = Quantiles(n=101, mean=0.0, sd=0.0, values=(0.0,) * 101)


@pytest.fixture
def people(tmp_path: Path) -> Callable[..., str]:
    """Writes a reference in which every turn has three words, and names it."""

    def write(**figures: Quantiles) -> str:
        made = Reference(
            name="planted",
            title="Planted people",
            source="made up",
            licence="CC0-1.0",
            attribution="nobody",
            recipe="by hand",
            speakers="two",
            conversations=1,
            windows=101,
            lexicon_version=LEXICON_VERSION,
            turn_lengths=(3.0,) * TURN_STEPS,
            figures=figures,
        )
        file = tmp_path / f"{'-'.join(figures)}.json"
        file.write_text(made.model_dump_json())
        return str(file)

    return write


def alternating(*turns: str, speakers: int = 2) -> str:
    return "\n".join(f"Speaker {at % speakers + 1}: {turn}" for at, turn in enumerate(turns))


def test_shape_by_hand(people: Callable[..., str]) -> None:
    name = people(
        turn_length_w1=EVENLY, rep_4=EVENLY, short_turn_share=EVENLY, question_share=EVENLY, cutoff_share=ALIKE
    )
    asked = Asked(speakers=2, reference=name)
    # Every turn has three words: distance 0. All are short: .25 beyond q75, of .8. One of two asks: in the middle.
    # In cut-offs nobody differs, and the other figures are not known of these people.
    assert shape(alternating("was it him?", "it was her"), asked) == pytest.approx((1 + (1 - 0.25 / 0.8) + 1) / 3)
    # Nobody asks: .25 below q25.
    assert shape(alternating("it was him", "it was her"), asked) == pytest.approx((1 + 2 * (1 - 0.25 / 0.8)) / 3)


def test_a_round_counts_where_three_were_to_speak(people: Callable[..., str]) -> None:
    name = people(turn_length_w1=EVENLY, rep_4=EVENLY, round_robin=EVENLY)
    three = alternating("it was him", "it was her", "they were there", "so were you", speakers=3)
    assert shape(three, Asked(speakers=3, reference=name)) == pytest.approx((1 + (1 - 0.25 / 0.8)) / 2)
    assert shape(three, Asked(speakers=2, reference=name)) == 1.0
    two = alternating("it was him", "it was her")
    assert shape(two, Asked(speakers=3, reference=name)) == 0.5  # without three there is no round, and that earns 0


def test_who_is_no_conversation() -> None:
    assert shape("Speaker 1: I talk. And talk, and I go on and on.", Asked(speakers=2)) == 0.0
    assert shape("Nobody talks.", Asked(speakers=2)) == 0.0
    assert shape(alternating("山" * 60, "川" * 60), Asked(speakers=2)) == 0.0
    assert shape(alternating("山" * 60, "川" * 60), Asked(speakers=2, language="zh")) is None


def test_repetition_by_hand() -> None:
    band = reference("interview").figures["rep_4"].at(0.9)
    assert 0.01 < band < 0.02
    words = [f"word{number}" for number in range(20)]
    # 24 words have 21 runs of four, and the last was said before: rep-4 is 1/21
    text = f"Speaker 1: {' '.join(words + words[:4])}"
    assert repetition(text, Asked(speakers=2)) == pytest.approx((0.2 - 1 / 21) / (0.2 - band))
    assert repetition(f"Speaker 1: {' '.join(words)}", Asked(speakers=2)) == 1.0
    assert repetition(f"Speaker 1: {' '.join(words * 2)}", Asked(speakers=2)) == 0.0  # 20 of 37 runs are new
    assert repetition("Speaker 1: Three words only", Asked(speakers=2)) == 0.0
    assert repetition(text, Asked(language="th")) is None


def test_by_default_the_people_have_as_many_speakers() -> None:
    script = alternating("look at it go", "it went up there", "no it did not", "yes it did so", speakers=3)
    assert shape(script, Asked(speakers=3)) == shape(script, Asked(speakers=3, reference="panel"))
    assert shape(script, Asked(speakers=2)) == shape(script, Asked(speakers=2, reference="interview"))
    assert shape(script, Asked()) == shape(script, Asked(reference="panel"))


def test_people_who_are_not_there(people: Callable[..., str]) -> None:
    with pytest.raises(UsageError, match="no human reference 'pannel'"):
        shape(alternating("it was", "was it"), Asked(reference="pannel"))
    with pytest.raises(InputError, match="has no turn_length_w1"):
        repetition(alternating("it was so long ago"), Asked(reference=people(rep_4=EVENLY)))


@pytest.fixture(scope="module")
def stretches(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[list[tuple[str, str]]]:
    """900 words of each of many real conversations among three people or more, under the labels of a talk."""
    with gzip.open(shared / "transcripts" / "dev_180_episodes.jsonl.gz", "rt", encoding="utf-8") as lines:
        among_more = [line for line in lines if json.loads(line)["totalSpLabels"] > 2]
    file = tmp_path_factory.mktemp("people") / "some.jsonl"
    file.write_text("".join(among_more[:40]), "utf-8")
    found = []
    for one in conversations(file):
        cut = list(windows(one.turns, 900))
        names: dict[str, str] = {}
        talk = [(names.setdefault(who, f"Speaker {len(names) + 1}"), said) for who, said in cut[len(cut) // 2]]
        found += [talk] if len(names) > 2 else []
    return found


def earned(reward: Callable[[str, Asked], float | None], talks: list[list[tuple[str, str]]]) -> list[float]:
    texts = ["\n\n".join(f"{who}: {said}" for who, said in talk) for talk in talks]
    return [reward(text, Asked(speakers=3)) or 0.0 for text in texts]


def test_real_people_earn_more_than_a_strict_round_or_equal_turns(stretches: list[list[tuple[str, str]]]) -> None:
    assert len(stretches) > 10
    in_turn = [[(f"Speaker {at % 3 + 1}", said) for at, (_, said) in enumerate(talk)] for talk in stretches]
    words = [" ".join(said for _, said in talk).split() for talk in stretches]
    equal = [
        [(f"Speaker {at % 3 + 1}", " ".join(said[at * 40 : at * 40 + 40])) for at in range(len(said) // 40)]
        for said in words
    ]
    people, round_, flat = (earned(shape, talks) for talks in (stretches, in_turn, equal))
    assert fmean(people) > 0.8
    assert fmean(people) > fmean(round_) + 0.05
    assert fmean(people) > fmean(flat) + 0.2
    assert fmean(one > other for one, other in zip(people, flat, strict=True)) > 0.9


def test_real_people_hardly_repeat_and_loops_earn_nothing(stretches: list[list[tuple[str, str]]]) -> None:
    loops = [talk[:4] * max(4, len(talk) // 4) for talk in stretches]
    assert fmean(earned(repetition, stretches)) > 0.97
    assert max(earned(repetition, loops)) == 0.0


def test_the_order_of_words_is_nothing_to_shape(stretches: list[list[tuple[str, str]]]) -> None:
    """A weakness that the documentation admits: it counts turns and reads none."""
    dice = random.Random(0)
    talk = [(who, said.split()) for who, said in stretches[0]]
    mixed = [(who, " ".join([*dice.sample(said[:-1], len(said) - 1), said[-1]])) for who, said in talk]
    plain = [[(who, " ".join(said)) for who, said in talk]]
    assert earned(shape, [mixed])[0] == pytest.approx(earned(shape, plain)[0], abs=0.2)
