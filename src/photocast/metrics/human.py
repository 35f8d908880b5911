"""How people talk: bands of every figure over human podcasts, and where a script lies beside them."""

from importlib.resources import files

from photocast.metrics.figures import FIGURES, ShapeFigures
from photocast.schema.record import Record


class Band(Record):
    """Quantiles of one figure over the windows in which it is defined."""

    windows: int
    p10: float
    p25: float
    p50: float
    p75: float
    p90: float


class Bands(Record):
    """The bands of every figure for conversations between so many speakers."""

    speakers: str
    """`two`, or `three or more`."""
    episodes: int
    windows: int
    figures: dict[str, Band]
    """By figure; a figure that is not defined for so many speakers is missing."""


class HumanReference(Record):
    """The people that scripts are compared with. Always name them beside a comparison."""

    reference: str
    source: str
    licence: str
    attribution: str
    window: str
    """Which stretches of the episodes the figures are of."""
    left_out: int
    """Stretches that end in so long a turn that they are no longer of that length."""
    lexicon_version: int
    two: Bands
    three_or_more: Bands

    def bands(self, speakers: int) -> Bands:
        """The bands for a conversation of so many speakers; a monologue is compared with two."""
        return self.two if speakers <= 2 else self.three_or_more


class Comparison(Record):
    """One figure of a script beside the human band."""

    figure: str
    value: float | None
    band: Band | None
    inside: bool | None
    """Whether the value lies from p10 to p90; none where there is no value or no band."""
    why: str | None = None
    """Why `inside` is none."""


HUMAN = HumanReference.model_validate_json(files("photocast.metrics").joinpath("human_bands.json").read_text("utf-8"))
"""The reference that ships with the package, written by `benchmarks/human_bands.py`."""


def compare(figures: ShapeFigures, speakers: int | None = None) -> tuple[Comparison, ...]:
    """Each figure beside the band of people talking in the same number.

    Inside the band is not better than outside: four out of five human stretches are inside, one is not, and the
    people are those of `HUMAN.reference`. Where p10 is 0 many people do without, so that nothing is outside below.

    Args:
        figures: of the script.
        speakers: how many people to compare with; those who say something in the script when left out.
    """
    bands = HUMAN.bands(figures.speakers if speakers is None else speakers)
    return tuple(_compare(name, figures, bands) for name in FIGURES)


def _compare(name: str, figures: ShapeFigures, bands: Bands) -> Comparison:
    value: float | None = getattr(figures, name)
    band = bands.figures.get(name)
    if value is None:
        return Comparison(figure=name, value=None, band=band, inside=None, why=figures.undefined[name])
    if band is None:
        return Comparison(
            figure=name, value=value, band=None, inside=None, why=f"no band for {bands.speakers} speakers"
        )
    return Comparison(figure=name, value=value, band=band, inside=band.p10 <= value <= band.p90)
