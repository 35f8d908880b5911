"""Which model was trained, and what it became, as names that `--model` takes.

Both are shown pictures of the size of the training: with larger ones, the model before would see more than the one
after, and the comparison would be one of pictures.
"""

from dataclasses import dataclass
from pathlib import Path

from photocast.models.local.trained import Trained, read_trained
from photocast.schema import InputError
from photocast.training.base import TINY, base_folder
from photocast.training.folder import RunFolder


@dataclass(frozen=True)
class BeforeAfter:
    """A trained folder and its base.

    Attributes:
        folder: of what was trained.
        run: the training that it came from; None where that is not known.
        trained: what the folder says of itself.
        before: name of the base for `--model`.
        after: name of the trained model for `--model`.
    """

    folder: Path
    run: RunFolder | None
    trained: Trained
    before: str
    after: str


def before_after(path: Path, scratch: Path) -> BeforeAfter:
    """The two models of a run, or of a folder that a run or `photocast train merge` has left.

    Args:
        path: the folder of a run, its `final`, or a merged model.
        scratch: where a tiny base is built again if its run does not have it.

    Raises:
        InputError: the training has not come to its end, or the folder holds no model of ours.
        UsageError: it was trained from a tiny model of a family that there is not.
    """
    run = _run_of(path)
    folder = run.final if run and path == run.path else path
    trained = read_trained(folder) if folder.is_dir() else None
    if trained is None:
        why = "the training has not come to its end" if run else "there is no photocast.json in it"
        do = "Go on with photocast train sft or grpo" if run else "Name the folder of a training, or its final/"
        raise InputError(f"{path} holds no trained model", why, do)
    base = _name_of(trained.base, run.path / "base" if run else scratch)
    is_adapter = (folder / "adapter_config.json").is_file()
    size = f"?image_tokens={trained.image_tokens}"
    after = f"{base}+{folder.absolute()}" if is_adapter else str(folder.absolute())
    return BeforeAfter(folder, run, trained, f"hf:{base}{size}", f"hf:{after}{size}")


def _run_of(path: Path) -> RunFolder | None:
    """The run that a path is the folder of, or in whose folder it lies."""
    runs = (RunFolder(folder) for folder in (path, path.absolute().parent))
    return next((run for run in runs if run.recipe.is_file()), None)


def _name_of(base: str, scratch: Path) -> str:
    """A base as `hf:` knows it; a tiny one is built again, to the same weights."""
    if base.startswith(TINY):
        return str(base_folder(base, scratch).absolute())
    folder = Path(base).expanduser()
    return str(folder.absolute()) if folder.is_dir() else base
