"""Whether the packages that local models need are there, and work together."""

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from photocast._optional import require
from photocast._secrets import redact
from photocast.schema import Fault, ModelError

PURPOSE = "a model that runs on this machine"


def library(name: str) -> Any:
    """A package of the extra, loaded: for those that tell nothing about their types, or too little.

    Raises:
        ModelError: it is not installed.
    """
    return require(name, extra="local", purpose=PURPOSE)


def check_there(*more: str, extra: str = "local", purpose: str = PURPOSE) -> None:
    """Make sure that torch, transformers and more are installed, without loading any: that takes seconds.

    Raises:
        ModelError: one of them is not.
    """
    for package in ("torch", "transformers", *more):
        if find_spec(package) is None:
            require(package, extra=extra, purpose=purpose)


def check_working() -> None:
    """Load torch and, where it is installed, torchvision.

    transformers hides a torchvision that does not fit behind the news that it has no AutoProcessor; hence the look
    before it is asked.

    Raises:
        ModelError: one of them is broken.
    """
    try:
        require("torch", extra="local", purpose=PURPOSE)
    except (ImportError, OSError, RuntimeError) as error:
        why = f"it is installed, and loading it fails: {first_line(error)}"
        do = "Install it anew, as https://pytorch.org/get-started/locally tells for this machine"
        raise ModelError(Fault.BROKEN_INSTALL, "torch does not work here", why, do) from error
    if find_spec("torchvision") is None:
        return  # not every family needs it; the processor tells
    try:
        require("torchvision", extra="local", purpose=PURPOSE)
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise _misfit(error) from error


def _misfit(error: Exception) -> ModelError:
    torch = _version("torch")
    release, _, build = torch.partition("+")
    why = f"torchvision {_version('torchvision')} does not fit torch {torch}: {first_line(error)}"
    index = f" --index-url https://download.pytorch.org/whl/{build}" if build else ""
    do = f"Install the one that does: pip install --force-reinstall --no-deps 'torchvision=={_partner(release)}'{index}"
    return ModelError(Fault.BROKEN_INSTALL, "torchvision does not work here", why, do)


def _partner(torch: str) -> str:
    """The torchvision made for a torch: its second number has been 15 higher since torch 2.0."""
    major, minor, *_ = [*torch.split("."), "0"]
    return f"0.{int(minor) + 15}.*" if major == "2" and minor.isdigit() else "*"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "of unknown version"


def first_line(error: BaseException) -> str:
    """The beginning of what a library says about a failure, as part of a sentence."""
    lines = redact(str(error)).strip().splitlines()
    return lines[0].strip().rstrip(".:")[:200] if lines else type(error).__name__


def not_installed(name: str, error: ImportError, *, extra: str = "local") -> ModelError:
    """The error of a model that needs a package which is not there: torchvision, or one of its family alone."""
    why = f"a package that it needs is missing: {first_line(error)}"
    do = f"Run: pip install --upgrade 'photocast[{extra}]'"
    return ModelError(Fault.NOT_INSTALLED, f"{name} cannot be loaded", why, do)
