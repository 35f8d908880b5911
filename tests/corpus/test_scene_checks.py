"""What may be asked of a picture, and what may not."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocast.corpus.names_in_talk import capitals_in, names_in
from photocast.corpus.scene_checks import Flaw, Limits, Proposal, Talk, flaw_of, is_seen, overlap, sorted_out
from photocast.corpus.visual_words import visual_words

SAID = (
    "So Maria went down to the Toyota place. We saw Niagara in May, and a dog.\n"
    "Then Maria said the Bishop was late.\nThe bishop! He drove a Jeep with Otto’s boat on it."
)
TALK = Talk(6, SAID, ("Anna Bridge", "Tom O'Brien", "Ingrid"), visual_words())
LIMITS = Limits()

GOOD = (
    "A woman in a red coat kneels in fresh snow beside a small brown dog, a wooden fence behind them, pale light.",
    "Two boys of about ten carry a canoe over wet stones to a lake, pine trees and fog behind them.",
    "A bridge over a river in an old town, market stalls with bread under striped awnings. Rain on the stones.",
    "A German shepherd sleeps on a kitchen floor beside a Christmas tree.",
    "An old bishop at a workbench holds a small wooden boat, shavings on the floor.",
    "A woman in a T-shirt reading a book on a bench in the park.",
    "A man in a suit waits at a job interview, chairs along the wall.",
    "A girl writing in a notebook at a desk by the window.",
    "An empty parking lot at night under street lamps, wet asphalt.",
    "A host of daffodils beside a lake.",
    "Two women talking at a kitchen table with a cake and cups of tea on it.",
    "A stack of letters on a doormat, a bicycle in the hall.",
    "A baker's table with flour, a rolling pin and three round loaves.",
    "A worn leather boot with signs of wear on a garage floor.",
    "A story-and-a-half house with a porch, a tire swing in the oak.",
    "A singer with a microphone on an open-air stage, a crowd with raised hands.",
)
BAD = {
    Flaw.LENGTH: ("", "A red boat", " ".join(["boat"] * 81)),
    Flaw.NAME: (
        "Maria holds a cake in a kitchen, candles on it.",
        "A woman holds ingrid by the hand on a beach.",
        "Anna stands at a stove, steam rising from pots.",
        "A man shakes the hand of O'Brien in a garden.",
        "A waterfall like Niagara behind a wooden fence.",
        "A girl in the boat of Otto on a lake.",
        "Barack Obama walks over a lawn with a dog.",
        "A tower in Paris with trees along the street.",
        "A man hugs a tree. Behind him a boy waves at Dr. Wallis from a horse.",
        "A Man Beside A Red Boat Under Tall Trees",
        "A green jeep and a Jeep in mud before a barn.",
    ),
    Flaw.BRAND: (
        "A toyota in a driveway beside a garage.",
        "A cup of Starbucks coffee on a wooden table.",
        "A boy on a carpet builds a castle of Lego bricks.",
    ),
    Flaw.WRITING: (
        "A road with a sign that reads STOP, trees behind.",
        "A street at night with a neon sign.",
        'A mug that says "World\'s best dad" on a table.',
        "A mug with ‘Hello’ on it on a wooden table.",
        "A logo on a wall above a desk in an office.",
        "A shop window with red letters and a bicycle before it.",
        "A poster with the words of a song on a wall.",
        "A bottle of wine with a handwritten label on a table.",
        "A kitchen wall with no text, a clock and a chair.",
    ),
    Flaw.TELLING: (
        "Two friends talking into microphones at a table.",
        "A podcast studio with two chairs and a lamp.",
        "A radio host laughs at a desk with headphones.",
        "A journalist interviews a farmer beside a tractor.",
        "In a warm living room, two old friends talking.",
        "A dog on a sofa, as in the story of the boat.",
        "A man sits in a recording booth with a cup of tea.",
    ),
    Flaw.UNSEEN: (
        "The feeling of freedom and success after years of hope.",
        "Trust is a journey that never ends for anybody.",
        "A collage of photos of a beach and dogs.",
        "A bird over a lake, symbolizing freedom and hope.",
        "A cartoon of a dog that drives a red car.",
        "A man on a chair, before and after he shaved his beard.",
    ),
}


@pytest.mark.parametrize("prompt", GOOD)
def test_what_can_be_photographed(prompt: str) -> None:
    assert flaw_of(Proposal(prompt, 1, 6), TALK, LIMITS) is None


@pytest.mark.parametrize(("flaw", "prompt"), [(flaw, prompt) for flaw, all_ in BAD.items() for prompt in all_])
def test_what_cannot(flaw: Flaw, prompt: str) -> None:
    assert flaw_of(Proposal(prompt, 1, 1), TALK, LIMITS) is flaw


@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 1), (1, 7), (7, 7), (0, 0)])
def test_turns_that_are_not_there(first: int, last: int) -> None:
    assert flaw_of(Proposal(GOOD[0], first, last), TALK, LIMITS) is Flaw.OUTSIDE


def test_names_in_a_talk() -> None:
    # `Bishop` is also said small, `May` is a month, `So`, `We`, `Then`, `The` and `He` begin sentences
    assert names_in(SAID) == {"maria", "toyota", "niagara", "jeep", "otto"}
    assert names_in("we saw maria. she was late") == frozenset()
    assert names_in("THE DOG RAN AND MARIA LAUGHED") == frozenset()
    assert names_in("") == frozenset()


def test_names_in_a_prompt() -> None:
    assert capitals_in("A plan B house. Two men: One on the Eiffel Tower, in French T-shirts") == {"eiffel", "tower"}


def test_how_much_two_prompts_have_in_common() -> None:
    # {red, boat, lake} and {red, boat, river}: 2 of 4; articles and prepositions do not count
    assert overlap("A red boat on a lake", "the red boat in the River") == 0.5
    assert overlap("A dog", "the DOG") == 1.0
    assert overlap("a dog", "a cat") == 0.0
    assert overlap("the", "a") == 1.0


def test_how_many_words_are_seen() -> None:
    talk = Talk(1, "", (), {"dog": 0.9, "snow": 0.25, "hope": 0.2})
    assert is_seen("A dog in Snow", talk, LIMITS)
    assert not is_seen("A dog, a dog in hope", talk, LIMITS)


def proposals(*prompts: str) -> list[Proposal]:
    return [Proposal(prompt, at, at) for at, prompt in enumerate(prompts, start=1)]


def test_scenes_come_in_the_order_of_the_talk() -> None:
    late, early = Proposal(GOOD[0], 5, 6), Proposal(GOOD[1], 1, 2)
    assert sorted_out([late, early], TALK, 6, LIMITS) == ([early, late], [])


def test_two_alike_are_one_and_no_more_are_kept_than_wanted() -> None:
    asked = proposals(GOOD[0], GOOD[0].replace("pale", "warm"), GOOD[1], BAD[Flaw.BRAND][0], GOOD[2])
    kept, flawed = sorted_out(asked, TALK, 2, LIMITS)
    assert kept == [asked[0], asked[2]]
    assert flawed == [(asked[1], Flaw.ALIKE), (asked[3], Flaw.BRAND), (asked[4], Flaw.TOO_MANY)]


PROPOSED = st.builds(Proposal, st.sampled_from(GOOD) | st.text(max_size=60), st.integers(-1, 8), st.integers(-1, 8))


@settings(deadline=None)
@given(st.lists(PROPOSED, max_size=8), st.integers(1, 6))
def test_nothing_is_lost_and_what_is_kept_is_good(asked: Sequence[Proposal], most: int) -> None:
    kept, flawed = sorted_out(asked, TALK, most, LIMITS)
    assert sorted([*kept, *(one for one, _ in flawed)], key=repr) == sorted(asked, key=repr)
    assert len(kept) <= most
    assert [one.first for one in kept] == sorted(one.first for one in kept)
    assert all(flaw_of(one, TALK, LIMITS) is None for one in kept)
