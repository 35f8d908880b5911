"""For tests, ours and yours: models that say what they are told, and a provider on this machine that misbehaves.

The names below are loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from photocast.models.fake import RecordedModel, ScriptedModel
    from photocast.testing.behaviours import Behaviour, Draw, Drop, Fail, Hang, Raw, Say
    from photocast.testing.pictures import drawing
    from photocast.testing.provider import FakeProvider
    from photocast.testing.scripts import script_of
    from photocast.testing.server import Received
    from photocast.testing.voices import FakeVoices

__all__ = [
    "Behaviour",
    "Draw",
    "Drop",
    "Fail",
    "FakeProvider",
    "FakeVoices",
    "Hang",
    "Raw",
    "Received",
    "RecordedModel",
    "Say",
    "ScriptedModel",
    "drawing",
    "script_of",
]

_HOME = {
    "Behaviour": "photocast.testing.behaviours",
    "Draw": "photocast.testing.behaviours",
    "Drop": "photocast.testing.behaviours",
    "Fail": "photocast.testing.behaviours",
    "FakeProvider": "photocast.testing.provider",
    "FakeVoices": "photocast.testing.voices",
    "Hang": "photocast.testing.behaviours",
    "Raw": "photocast.testing.behaviours",
    "Received": "photocast.testing.server",
    "RecordedModel": "photocast.models.fake",
    "Say": "photocast.testing.behaviours",
    "ScriptedModel": "photocast.models.fake",
    "drawing": "photocast.testing.pictures",
    "script_of": "photocast.testing.scripts",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'photocast.testing' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
