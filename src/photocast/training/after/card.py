"""The card of a trained model: README.md, with a header that the Hugging Face Hub reads.

It says what is recorded, and of the rest that it is not.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from photocast.corpus.packing.card import plain
from photocast.models.local.trained import read_trained
from photocast.runs import write_atomically
from photocast.schema import InputError
from photocast.training.after.known import Known
from photocast.training.after.origins import rewarding_judges
from photocast.training.after.papers import papers
from photocast.training.recipe import Recipe

CARD = "README.md"
UNKNOWN = "not recorded"
_WRITTEN = re.compile(r"\n<!-- photocast train card ([0-9a-f]{8}) -->\n\Z")
_BOILERPLATE = "[More Information Needed]"
"""What PEFT leaves in the place of a card."""
_REPOSITORY = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
_SHOWN = ("model", "images", "data", "lora", "optimisation", "batch", "strategy", "grpo", "generation")
"""Tables of a recipe, in the order of the card."""


def write_card(known: Known, folder: Path) -> Path:
    """Write the card into a folder: of a run, its `final`, or a merged model. Returns where it is.

    Raises:
        InputError: the folder holds another model, or a README.md that somebody has written or changed.
    """
    if folder != known.run.path:
        _check_same(known, folder)
    path = folder / CARD
    _check_ours(path)
    text = render_card(known, folder)
    write_atomically(path, f"{text}\n<!-- photocast train card {_digest(text)} -->\n")
    return path


def render_card(known: Known, folder: Path) -> str:
    """The card in Markdown, for the model in a folder."""
    text: str = _template().render(
        known=known,
        recipe=known.recipe,
        facts=known.facts,
        census=known.about.census if known.about else None,
        evaluation=known.evaluation,
        header="\n".join(_header(known, folder)),
        name=_name(known),
        base=_called(known.recipe.model.base),
        adapter=_is_adapter(known, folder),
        done=known.run.is_done,
        settings=list(_settings(known.recipe)),
        used=list(_used(known)),
        judges=[judged.judge for judged in rewarding_judges(dict(known.facts))],
        sporc=known.of_sporc,
        papers=papers(known.recipe, sporc=known.of_sporc),
        missing=list(_missing(known)),
        band=lambda ci95: f" ({_figure(ci95[0])} to {_figure(ci95[1])})" if ci95 else "",
    )
    return text


def _header(known: Known, folder: Path) -> Iterator[str]:
    """The lines of YAML, every text of them quoted as JSON, which is YAML too. What is not known has no line."""
    base = known.recipe.model.base
    if _is_repository(base):
        yield f"base_model: {json.dumps(base)}"
    yield f"library_name: {'peft' if _is_adapter(known, folder) else 'transformers'}"
    yield "pipeline_tag: image-text-to-text"
    if known.licence:
        yield f"license: {json.dumps(known.licence)}"
    languages = {one.partition("-")[0].lower() for one in known.about.census.languages if one} if known.about else set()
    if languages:
        yield f"language: {json.dumps(sorted(languages))}"
    method = ["qlora" if known.recipe.model.quantize else "lora"] if known.recipe.lora else []
    tags = ["photocast", "podcast", "dialogue", "visual-storytelling", known.recipe.method, *method]
    yield f"tags: [{', '.join(tags)}]"
    if known.of_sporc:
        yield "datasets: [blitt/SPoRC]"


def _settings(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """Every value of a recipe by its path, as `--set` takes it; paths of this machine by their last part."""
    for path, value in _leaves({name: getattr(recipe, name) for name in _SHOWN}):
        yield path, _called(str(value)) if path in {"model.base", "grpo.start"} else _said(value)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    inside = value.__dict__ if hasattr(value, "model_fields_set") else value
    if isinstance(inside, Mapping):
        for name, inner in inside.items():
            yield from _leaves(inner, f"{path}.{name}".lstrip("."))
    elif path != "grpo.stages":  # they have a table of their own
        yield path, inside


def _used(known: Known) -> Iterator[tuple[str, str]]:
    """What was really used and came of it, as far as it is recorded."""
    facts = known.facts
    yield "samples in a step", str(known.recipe.batch.size)
    for title, name in _FACTS.items():
        yield title, _said(facts[name]) if facts.get(name) is not None else UNKNOWN
    coverage = facts.get("coverage") or {}
    seen = "{seen:,} of {rows:,}, {never:,} never; by how often: {times}"
    yield "samples seen", seen.format(**coverage | {"times": _said(coverage["times"])}) if coverage else UNKNOWN


_FACTS = {
    "steps": "steps",
    "processes": "processes",
    "passes before a step": "accumulation",
    "weights that were trained": "trainable_weights",
    "device": "device",
    "numbers of the weights": "dtype",
    "noise on embeddings that reached words": "noise",
    "begun": "begun",
    "ended": "ended",
    "photocast": "photocast",
    "packages": "versions",
}
"""Lines of the card by their names in `run.json`."""


def _missing(known: Known) -> Iterator[str]:
    """What somebody who publishes the model would want to add."""
    if not known.run.is_done:
        yield "the training has not come to its end, so there are no weights to use yet"
    if not known.facts:
        yield "what was used and what came of it: the training has not begun its first step"
    if known.about is None:
        yield "what is in the dataset: it is not where it was, or says nothing of itself"
    if not any(one.title == "validation loss" for one in known.curves):
        yield "a validation loss"
    if known.evaluation is None:
        yield "an evaluation: `photocast train eval` makes one, and this card is written anew after it"
    if known.licence is None:
        yield "the licence of the model: it follows from the base, the data and the will of whoever trained it"


def _said(value: Any) -> str:
    """A value on one line, as people read it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(one)}" for name, one in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else f"{value:.6g}" if isinstance(value, float) else str(value)


def _name(known: Known) -> str:
    return f"{_called(known.recipe.model.base).rpartition('/')[2]}, {known.recipe.name}"


def _called(base: str) -> str:
    """A repository by its name; of a folder the last part, since where it lies is nobody's business."""
    return base if not base or _is_repository(base) or base.startswith("tiny:") else Path(base).name


def _is_repository(base: str) -> bool:
    return _REPOSITORY.fullmatch(base) is not None and not Path(base).exists()


def _is_adapter(known: Known, folder: Path) -> bool:
    return known.recipe.lora is not None and not (folder / "config.json").is_file()


def _check_same(known: Known, folder: Path) -> None:
    trained = read_trained(folder) if folder.is_dir() else None
    if trained is None or (trained.recipe, trained.base) != (known.recipe.name, known.recipe.model.base):
        why = "it says so itself" if trained else "there is no photocast.json in it"
        do = "Name a folder that photocast train merge has written of this training"
        raise InputError(f"{folder} holds no model of the training {known.run.path}", why, do)


def _check_ours(path: Path) -> None:
    """Refuse to write over words that somebody has written."""
    if not path.is_file():
        return
    text = path.read_text("utf-8", errors="replace")
    ours = _WRITTEN.search(text)
    if _BOILERPLATE in text or (ours and _digest(text[: ours.start()]) == ours[1]):
        return
    why = "it was changed since it was written" if ours else "somebody else has written it"
    raise InputError(f"{path} is not written over", why, "Move it away, and take from it what you want to keep")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {"plain": plain, "said": lambda value: plain(_said(value)) or UNKNOWN, "figure": _figure}
    return environment.from_string(files("photocast.training.after").joinpath("card.md.jinja").read_text("utf-8"))


def _figure(value: float | None) -> str:
    """Three digits that count."""
    return "–" if value is None else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
