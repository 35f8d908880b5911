"""Sound out of this machine's loudspeakers, by the program that the system has for it."""

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from shutil import which

import numpy as np

from photocast.models.speech import Samples
from photocast.schema import Fault, ModelError
from photocast.speech.container import write_wav

_PLAYERS = (("afplay",), ("paplay",), ("aplay", "-q"), ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"))


def played(pieces: Iterable[Samples], rate: int) -> None:
    """Play sound, and come back when it has been heard.

    Raises:
        ModelError: no player is installed, or it fails.
    """
    player = next(([path, *rest] for name, *rest in _PLAYERS if (path := which(name))), None)
    if player is None:
        names = ", ".join(name for name, *_ in _PLAYERS)
        raise ModelError(Fault.NOT_INSTALLED, "no sound can be played", f"there is none of {names}", "Install one")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sound.wav"
        write_wav(file, np.concatenate([*pieces]), rate)
        done = subprocess.run([*player, str(file)], capture_output=True, text=True, check=False)
    if done.returncode:
        why = done.stderr.strip() or f"{player[0]} ended with {done.returncode}"
        raise ModelError(Fault.BROKEN_INSTALL, "the sound was not played", why, "Try the audio in another program")
