"""Packages that not everybody needs."""

from importlib import import_module
from types import ModuleType

from photocast.schema import Fault, ModelError


def require(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional module, or say which extra brings it.

    Raises:
        ModelError: the package is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if not f"{module}.".startswith(f"{error.name}."):
            raise  # the package is there; one of its own imports is broken
        raise ModelError(
            Fault.NOT_INSTALLED,
            f"{error.name} is not installed",
            f"{purpose} needs it",
            f"Run: pip install 'photocast[{extra}]'",
        ) from error
