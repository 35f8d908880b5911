"""Photos in, podcast out.

The names below are loaded when they are first used: `import photocast` itself costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from photocast._guard import local_only
    from photocast.album import Album
    from photocast.pipeline import Episode, Studio
    from photocast.schema import Host, Person, PhotocastError

__version__ = "0.1.0"

__all__ = ["Album", "Episode", "Host", "Person", "PhotocastError", "Studio", "__version__", "local_only"]

_HOME = {
    "Album": "photocast.album",
    "Episode": "photocast.pipeline",
    "Host": "photocast.schema",
    "Person": "photocast.schema",
    "PhotocastError": "photocast.schema",
    "Studio": "photocast.pipeline",
    "local_only": "photocast._guard",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'photocast' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
