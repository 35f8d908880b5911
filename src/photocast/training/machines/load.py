"""The data of a training as far as it decides time and memory: how many samples, and how long."""

from dataclasses import dataclass

from photocast.training.lengths import Lengths
from photocast.training.recipe import Recipe


@dataclass(frozen=True)
class Load:
    """How many samples are trained on, and how many tokens they have."""

    samples: int
    pictures: float
    """Mean tokens of a sample's pictures."""
    shown: float
    """Mean pictures of a sample."""
    words: float
    """Mean tokens of the question without its pictures."""
    answer: float
    """Mean tokens of the answer."""
    longest: int
    """Tokens of the longest sample: it decides the memory."""

    @property
    def tokens(self) -> float:
        """Mean of a sample."""
        return self.pictures + self.words + self.answer


def load_of(lengths: Lengths) -> Load:
    """Of a dataset that was measured."""
    many = len(lengths.rows)
    return Load(
        samples=many,
        pictures=sum(row.pictures for row in lengths.rows) / many,
        shown=sum(row.shown for row in lengths.rows) / many,
        words=sum(row.words for row in lengths.rows) / many,
        answer=sum(row.answer for row in lengths.rows) / many,
        longest=lengths.longest,
    )


def paper_load(recipe: Recipe) -> Load:
    """Data like that of SPoRC-VIST (arXiv:2601.01062), at a recipe's size of pictures.

    4,004 samples with 4.92 pictures (its Table 1 and the four that Table 1 leaves out), all as large as allowed; a
    question of 520 tokens, which is what a logged prompt of 3,082 leaves beside five pictures; answers of 976 words at
    1.29 tokens a word. The longest is taken to have six pictures and an answer of 2,048 tokens.
    """
    a_picture = recipe.images.tokens + 2  # and a mark on either side
    longest = min(recipe.data.max_length, 6 * a_picture + 520 + 2048)
    return Load(samples=4004, pictures=4.92 * a_picture, shown=4.92, words=520, answer=976 * 1.29, longest=longest)
