"""Exports: the dataset in the form that another tool reads, with a note on how."""

from collections.abc import Callable

from photocast.corpus.exports.chats import registered, write_llama_factory, write_ms_swift, write_qwen
from photocast.corpus.exports.outline import write_recipe, write_recipe_with_pictures
from photocast.corpus.exports.tars import write_webdataset
from photocast.corpus.exports.written import Written
from photocast.corpus.packing import About, read_about
from photocast.corpus.store import Store
from photocast.schema import UsageError

FORMATS: dict[str, Callable[[Store, About, Store], Written]] = {
    "qwen": write_qwen,
    "llama-factory": write_llama_factory,
    "ms-swift": write_ms_swift,
    "webdataset": write_webdataset,
    "recipe": write_recipe,
    "recipe-with-pictures": write_recipe_with_pictures,
}
"""By name, in the order in which they are offered."""
NOTE = "README.md"


def export(dataset: Store, format: str, out: Store) -> Written:
    """Write a dataset in another form, beside a note on how that is used and what may be done with it.

    Args:
        dataset: as it was packed.
        format: one of `FORMATS`.
        out: an empty folder.

    Raises:
        UsageError: there is no such format, or something is in the folder already.
        InputError: the dataset cannot be read, or the folder cannot be written.
    """
    if format not in FORMATS:
        raise UsageError(
            f"there is no format {format!r}", "photocast does not know it", f"Name one of {', '.join(FORMATS)}"
        )
    about = read_about(dataset)
    if out.names(""):
        raise UsageError(f"{out.where} is not empty", "files of two exports would get mixed up", "Name another folder")
    written = FORMATS[format](dataset, about, out)
    out.write(NOTE, _note(format, about).encode())
    return written.plus(NOTE)


def _note(format: str, about: About) -> str:
    how = _HOW[format].replace("TRAIN", registered(about, "train")).replace("VERSION", about.photocast)
    licences = ", ".join(one or "not stated" for one in about.census.licences)
    parts = [f"# {about.name}: {format}", how]
    if not format.startswith("recipe") and any(name.startswith("sporc") for name in about.census.sources):
        parts.append("This holds text of SPoRC, which must not be provided to any third party.")
    parts.append(f"Licence of the talk: {licences}. All else is in the card of the dataset that this was made from.")
    return "\n\n".join(parts) + "\n"


_HOW = {
    "qwen": """For the fine-tuning code of Qwen-VL. Add this to its `data/__init__.py`:

```python
{"annotation_path": "THIS_FOLDER/train.json", "data_path": "THIS_FOLDER"}
```""",
    "llama-factory": """For LLaMA-Factory; the other splits are in `dataset_info.json`:

```yaml
dataset_dir: THIS_FOLDER
media_dir: THIS_FOLDER
dataset: TRAIN
```""",
    "ms-swift": """For ms-swift; paths of pictures are relative to this folder:

```bash
ROOT_IMAGE_DIR=THIS_FOLDER swift sft --dataset THIS_FOLDER/train.jsonl …
```""",
    "webdataset": """For WebDataset; `N` is the number of the last file:

```python
webdataset.WebDataset("train-{000000..N}.tar", shardshuffle=False).decode("pil")
```

A sample has `json`, with the talk and the names of its pictures, and the pictures as `0.jpg`, `1.jpg`, …""",
    "recipe": """A dataset without its talk: ids, places, hashes, scene prompts, seeds, models. Whoever has the source
makes the same dataset of it with photocast VERSION:

```bash
photocast corpus rebuild THIS_FOLDER --source SOURCE -o CORPUS
```

Scene prompts were written by a model. Those that repeat eight or more words of the talk in a row were withheld.""",
}
_HOW["recipe-with-pictures"] = f"{_HOW['recipe']} The pictures are in `pictures/`, under their SHA-256."
