"""What a model is trained to follow, and asked again when it writes: pictures first, then these words.

It is the template `paper` as `photocast make --style paper` renders it for pictures of which nothing else is known: the
two are the same, letter for letter.
"""

from photocast.prompts.prompts import Prompts

STEP = 100
"""Words from the shortest to the longest talk of one range."""


def instruction(prompts: Prompts, *, pictures: int, speakers: int, words: int, language: str = "en") -> str:
    """The prompt for a talk of about so many words over so many pictures.

    Args:
        prompts: ours, or a user's own.
        pictures: how many the model sees before the prompt.
        speakers: how many people talk; they are called `Speaker 1`, `Speaker 2`, …
        words: of the talk, without labels.
        language: code of the language that they speak.
    """
    return prompts.render(
        "paper",
        part={"number": 1, "of": 1, "photos": [f"p{at:02d}" for at in range(1, pictures + 1)], "words": span(words)},
        hosts=[{"name": f"Speaker {at}", "character": ""} for at in range(1, speakers + 1)],
        photos=[{"id": f"p{at:02d}", "facts": []} for at in range(1, pictures + 1)],
        language=language,
        direct=True,
        **_NOTHING_ELSE,
    )


def span(words: int) -> str:
    """The range of lengths that a number of words lies in: 742 is `700 to 800`, and 42 is `50 to 100`.

    It begins at the next lower hundred, as in the training set of SPoRC-VIST.
    """
    low = words // STEP * STEP
    return f"{low} to {low + STEP}" if low else f"{STEP // 2} to {STEP}"


_NOTHING_ELSE = {
    "style": "",
    "playful": False,
    "disclosure": "",
    "later": "",
    "said": "",
    "locked": [],
    "structured": False,
    "notes": [],
    "title": "",
    "stand_ins": [],
}
