"""The card of a dataset: README.md, with a header that the Hugging Face Hub reads."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from statistics import median
from typing import Any

from photocast.corpus.packing.about import About
from photocast.corpus.packing.census import WIDTH, Census, Spread
from photocast.corpus.packing.splits import SPLITS
from photocast.corpus.parts import Count
from photocast.metrics import Reference, reference

CARD = "README.md"
LICENCES = {"apache-2.0", "bsd-3-clause", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-sa-3.0", "cc-by-3.0", "cc0-1.0", "mit"}
"""Licences that the Hub knows, by its names."""
_PUBLISHED_IMAGES = {2: 7, 3: 31, 4: 223, 5: 3737, 6: 2}
"""Table 1 of SPoRC-VIST."""
_PUBLISHED = {"label_length": "67.3", "labels_rate": "14.8", "words": "975.8"}
"""What SPoRC-VIST gives for SPoRC. All three agree with each other only if labels are counted, not turns."""
_FIGURES = {
    "words": "words of an excerpt, without labels",
    "turn_length": "words of a turn",
    "switch_rate": "changes of speaker per 1,000 words",
    "label_length": "words of a label of the source",
    "labels_rate": "labels of the source per 1,000 words",
}
_BAR = 30
_SPECIAL = str.maketrans({one: f"\\{one}" for one in "\\`*_<|[]#"})


def render_card(about: About) -> str:
    """The card in Markdown."""
    census = about.census
    people = _people(census)
    return _template().render(  # type: ignore[no-any-return]
        about=about,
        census=census,
        header=_header(about),
        plain=plain,
        splits=[(name, census.splits[name]) for name in SPLITS if name in census.splits],
        funnel=_funnel(about.funnel),
        images=_images(census),
        words=_words(census),
        figures=_figures(census, people),
        people=people,
        sporc=any(name.startswith("sporc") for name in census.sources),
        quoted=about.settings.get("scrub", False),
    )


def plain(text: object) -> str:
    """Text on one line that Markdown shows as it is."""
    return "".join(one for one in " ".join(str(text).split()) if one.isprintable()).translate(_SPECIAL)


def _header(about: About) -> str:
    """The lines of YAML, every text of them quoted as JSON, which is YAML too."""
    import json

    census = about.census
    licences = {one.lower() for one in census.licences}
    known = licences <= LICENCES and len(licences) == 1
    lines = [
        f"pretty_name: {json.dumps(about.name, ensure_ascii=False)}",
        f"license: {next(iter(licences)) if known else 'other'}",
        *([] if known else ["license_name: see-licences-and-terms", "license_link: README.md"]),
        f"language: {json.dumps(sorted({one.partition('-')[0].lower() for one in census.languages if one}) or ['en'])}",
        "task_categories: [image-text-to-text]",
        "tags: [podcast, dialogue, visual-storytelling, generated-images, photocast]",
        f"size_categories: [{size_category(census.samples)}]",
        "configs:",
        "- config_name: default",
        "  data_files:",
    ]
    for name in SPLITS:
        if name in census.splits:
            lines += [f"  - split: {name}", f"    path: data/{name}-*.parquet"]
    return "\n".join(lines)


def size_category(samples: int) -> str:
    """As the Hub sorts datasets."""
    steps = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
    return next((name for most, name in steps if samples < most), "1M<n<10M")


def _funnel(counts: Sequence[Count]) -> list[tuple[str, str, str]]:
    """Stage, what, how many."""
    rows = []
    for count in counts:
        rows.append((f"**{count.stage}**", "taken", f"{count.taken:,}"))
        dropped = sorted(count.dropped.items(), key=lambda one: (-one[1], one[0]))
        rows += [("", f"dropped: {plain(reason.replace('_', ' '))}", f"−{number:,}") for reason, number in dropped]
        made = f", {count.made:,} made of them" if count.made != count.kept else ""
        rows.append(("", f"kept{made}", f"{count.kept:,}"))
    return rows


def _images(census: Census) -> list[tuple[str, str, str, str]]:
    """Images per sample, samples, share, and the share in the published set."""
    published = sum(_PUBLISHED_IMAGES.values())
    return [
        (
            str(number),
            f"{census.images.get(number, 0):,}",
            f"{census.images.get(number, 0) / census.samples:.1%}",
            f"{_PUBLISHED_IMAGES[number] / published:.1%}" if number in _PUBLISHED_IMAGES else "",
        )
        for number in sorted({*census.images, *_PUBLISHED_IMAGES})
    ]


def _words(census: Census) -> list[str]:
    """A bar for each hundred words."""
    if not census.words:
        return []
    most = max(census.words.values())
    steps = range(min(census.words), max(census.words) + WIDTH, WIDTH)
    digits = len(f"{steps[-1] + WIDTH - 1:,}")
    return [
        f"{low:>{digits},}–{low + WIDTH - 1:>{digits},}  {'█' * -(-_BAR * number // most):<{_BAR}}  {number:,}"
        for low in steps
        for number in (census.words.get(low, 0),)
    ]


def _figures(census: Census, people: Reference) -> list[tuple[str, str, str, str]]:
    """Figure, this dataset, the paper, people."""
    rows = []
    for name, words in _FIGURES.items():
        human = people.figures.get(name)
        band = f"{human.mean:.1f} ({human.at(0.1):.1f}–{human.at(0.9):.1f})" if human else ""
        found = census.figures.get(name)
        rows.append((words, _spread(found) if found else "none", _PUBLISHED.get(name, ""), band))
    return rows


def _spread(found: Spread) -> str:
    return f"{found.mean:,.1f} ({found.p10:,.1f}–{found.p90:,.1f})"


def _people(census: Census) -> Reference:
    """The reference with as many speakers as most samples have."""
    speakers = [number for number, samples in census.speakers.items() for _ in range(samples)]
    return reference("interview" if median(speakers) <= 2 else "panel")


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {"plain": plain, "number": lambda number: f"{number:,}", "said": _said}
    return environment.from_string(files("photocast.corpus.packing").joinpath("card.md.jinja").read_text("utf-8"))


def _said(counts: Mapping[object, int]) -> str:
    """`a (12), b (3)`, with `not stated` for what is empty."""
    return ", ".join(f"{plain(what) or 'not stated'} ({number:,})" for what, number in counts.items()) or "none"
