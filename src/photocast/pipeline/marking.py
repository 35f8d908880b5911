"""What an episode says of itself to programs: C2PA marks in its audio, its film and its pictures."""

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from photocast.schema import Script

if TYPE_CHECKING:
    from photocast.provenance.credentials import Credentials

UNMARKED = "nothing is signed: run pip install 'photocast[provenance]', or say --no-marks"
_LEARNED_NOTHING = ("espeak", "tones")
"""Engines that were not trained on anybody's voice."""


class Marking:
    """Signs what is written, with one certificate. Without the extra `provenance` it signs nothing, and says so."""

    def __init__(self, *, wanted: bool = True) -> None:
        """Get the certificate, before there is anything to sign.

        Raises:
            ConfigError: the certificate cannot be used.
        """
        self.notes: tuple[str, ...] = ()
        self._credentials: Credentials | None = None
        if not wanted:
            return
        if find_spec("c2pa") is None or find_spec("cryptography") is None:
            self.notes = (UNMARKED,)
            return
        from photocast.provenance.choosing import find_credentials

        self._credentials = find_credentials()

    @property
    def signer(self) -> str | None:
        """Whose name is in the marks; None when nothing is signed."""
        return self._credentials.signer if self._credentials else None

    def audio(self, path: Path, script: Script, engine: str) -> bool:
        """Sign sound, and return whether it was: Opus can carry no mark.

        Args:
            path: the file.
            script: what is said.
            engine: name of the engine that says it.
        """
        by_model = script.provenance is not None and script.provenance.model is not None
        trained = by_model or not engine.startswith(_LEARNED_NOTHING)
        return self._sign(path, script.title, "TRAINED" if trained else "ALGORITHMIC")

    def film(self, path: Path, title: str) -> bool:
        """Sign a film of photos with synthetic voices."""
        return self._sign(path, title, "COMPOSITE")

    def pictures(self, paths: Iterable[Path]) -> None:
        """Sign pictures of the page: photos made smaller, with nothing drawn into them. Those with a mark keep it."""
        if self._credentials is None:
            return
        from photocast.provenance.marks import is_marked

        for path in paths:
            if not is_marked(path):
                self._sign(path, path.stem, "RESIZED")

    def _sign(self, path: Path, title: str, source: str) -> bool:
        if self._credentials is None:
            return False
        from photocast.provenance.marks import KINDS, Source, sign

        if path.suffix.lower() not in KINDS:
            return False
        sign(path, title=title, credentials=self._credentials, source=Source[source])
        return True
