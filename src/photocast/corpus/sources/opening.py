"""Which source lies at a path."""

import glob
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from photocast.corpus.sources.lines import Damaged, Lines
from photocast.corpus.sources.source import Source
from photocast.corpus.sources.sporc_legacy import SporcLegacy
from photocast.corpus.sources.sporc_parquet import SporcParquet
from photocast.corpus.sources.terms import SPORC_TERMS
from photocast.corpus.sources.transcripts import ENDINGS, Transcripts
from photocast.schema import InputError

Kind = Literal["auto", "sporc", "transcripts"]

_LEGACY = re.compile(r"(?P<what>episodeLevelData|speakerTurnData)(?P<which>.*?)\.jsonl(?:\.gz)?")
_LINES = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")
_LICENCE = re.compile(rb'"licen[cs]e"\s*:\s*"[^"]')


def open_source(where: str | Path, *, kind: Kind = "auto", licence: str = "", damaged: Damaged = "stop") -> Source:
    """The source at a path.

    Args:
        where: a folder with SPoRC 1.0 (`episodeLevelData.jsonl.gz` and `speakerTurnData.jsonl.gz`, or the samples of
            that name) or 1.1 (`episodes/` and `turns/text/`); one file of episode records with embedded turns; a
            folder, a file or a pattern such as `shows/**/*.vtt` of transcripts.
        kind: what it is; found out where it is `auto`.
        licence: of transcripts.
        damaged: what to do about a file of JSON lines that ends in the middle.

    Raises:
        InputError: nothing lies there, or nothing that is known, or more than one thing.
    """
    path = Path(where).expanduser()
    if kind != "transcripts" and (found := _sporc(path, damaged)):
        return found
    if kind == "sporc":
        raise InputError(
            f"{path} holds no SPoRC",
            "there are neither episodeLevelData.jsonl.gz and speakerTurnData.jsonl.gz nor episodes/ and turns/text/",
            "Give the folder that SPoRC was downloaded to",
        )
    files = _transcripts(path)
    if files:
        folder = Path(os.path.commonpath([file.parent for file in files])) if not path.is_dir() else path
        return Transcripts(folder, tuple(file.relative_to(folder).as_posix() for file in files), licence)
    if not path.exists() and not glob.has_magic(str(path)):
        raise InputError(f"there is no {path}", "no file or folder has that name", "Correct the path of the source")
    raise InputError(
        f"{path} holds no talk that photocast can read",
        f"it is neither SPoRC nor a file of JSON lines with turns, and no file in it ends in {', '.join(ENDINGS)}",
        "Give a folder of SPoRC or of transcripts with speakers",
    )


def _sporc(path: Path, damaged: Damaged) -> Source | None:
    if path.is_file():
        if _LEGACY.fullmatch(path.name):
            return _legacy(path, [path.parent / name for name in sorted(os.listdir(path.parent))], damaged)
        return _joined(path, damaged) if path.name.endswith(_LINES) else None
    if not path.is_dir():
        return None
    inside = [path / name for name in sorted(os.listdir(path))]
    legacy = [file for file in inside if _LEGACY.fullmatch(file.name)]
    packed = (path / "episodes").is_dir() and any((path / tree).is_dir() for tree in ("turns/text", "turns_text"))
    if legacy and packed:
        raise InputError(
            f"{path} holds SPoRC twice",
            "there are the JSON files of 1.0 and the Parquet folders of 1.1",
            "Put them into folders of their own, and give one",
        )
    if packed:
        return SporcParquet(path)
    if legacy:
        return _legacy(path, legacy, damaged)
    lines = [file for file in inside if file.name.endswith(_LINES)]
    return _joined(_only(path, lines), damaged) if lines else None


def _legacy(path: Path, files: Sequence[Path], damaged: Damaged) -> Source:
    """The pair of files in a folder, or the pair that a file belongs to. The whole is preferred to a sample."""
    found: dict[str, dict[str, list[Path]]] = {}
    for file in files:
        if match := _LEGACY.fullmatch(file.name):
            found.setdefault(match["which"], {}).setdefault(match["what"], []).append(file)
    asked = _LEGACY.fullmatch(path.name)
    which = asked["which"] if asked else min(found, key=len)
    pair = found[which]
    for what in ("episodeLevelData", "speakerTurnData"):
        if what not in pair:
            raise InputError(
                f"{path} holds one half of SPoRC",
                f"there is no {what}{which}.jsonl.gz beside {pair.popitem()[1][0].name}",
                "Download it as well",
            )
    return SporcLegacy(_only(path, pair["episodeLevelData"]), _only(path, pair["speakerTurnData"]), damaged)


def _joined(path: Path, damaged: Damaged) -> Source:
    """A file of records that bring their turns along. One that states a licence for them is not SPoRC's."""
    first = next(iter(Lines(path, damaged="keep")), b"")
    own = _LICENCE.search(first) is not None
    return SporcLegacy(path, None, damaged, dataset="joined", hosted=None if own else SPORC_TERMS)


def _only(path: Path, files: Sequence[Path]) -> Path:
    if len(files) > 1:
        raise InputError(
            f"{path} holds more than one file to read",
            f"{', '.join(file.name for file in files)} could each be meant",
            "Give the path of one of them, or take the others away",
        )
    return files[0]


def _transcripts(path: Path) -> list[Path]:
    """Files with a known ending: the one given, those that a pattern matches, or those below a folder."""
    if path.is_file():
        found = [path]
    elif path.is_dir():
        found = [Path(at, name) for at, _, names in os.walk(path) for name in names]
    else:
        found = [Path(name) for name in glob.glob(str(path), recursive=True) if os.path.isfile(name)]
    return sorted(one for one in found if one.suffix.lower() in ENDINGS and not one.name.startswith("."))
