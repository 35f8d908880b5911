"""`photocast verify`."""

from math import log10
from pathlib import Path
from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.provenance.tags import Tags
    from photocast.provenance.verify import Mark, Marks
    from photocast.provenance.watermark import Detection

NOT_ALL = 4
"""Exit code when a file carries no valid mark."""


@click.command(
    epilog=options.examples("photocast verify episode.mp3", "photocast verify photocast-out/lisbon/*.mp3 --json")
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@options.common
def verify(files: tuple[Path, ...], as_json: bool) -> int:
    """Read the marks that say where files come from.

    A C2PA mark shows whether a file was changed since it was signed. It ends with 0 if every file carries a valid one,
    and with 4 if one does not. A watermark in the sound is told as well, and is no reason for either. Nothing is
    fetched.
    """
    from dataclasses import asdict

    from photocast.cli.screen import Screen
    from photocast.provenance.verify import LIMITS
    from photocast.provenance.verify import verify as marks_of
    from photocast.schema import InputError

    screen = Screen(as_json=as_json)
    found = [marks_of(file) for file in files]
    for marks in found:
        screen.say(*_told(marks))
    screen.say("", "What marks cannot do:", *(f"  {line}" for line in LIMITS.splitlines()))
    screen.document({"files": [asdict(marks) for marks in found], "limits": LIMITS})
    bad = [str(marks.file) for marks in found if marks.c2pa.state != "valid"]
    if bad and not as_json:  # with --json, the document has said it
        why = f"there is none, or it does not hold, in {', '.join(bad)}"
        raise InputError("not every file carries a valid mark", why, "Ask whoever gave it to you for the original")
    return NOT_ALL if bad else 0


def _told(marks: "Marks") -> list[str]:
    lines = (*_c2pa(marks.c2pa), _watermark(marks.watermark), _tags(marks.tags))
    return [str(marks.file), *(f"  {line}" for line in lines)]


def _c2pa(mark: "Mark") -> list[str]:
    if mark.state == "none":
        return [f"C2PA mark: none{''.join(f'; {reason}' for reason in mark.reasons)}"]
    if mark.state == "invalid":
        return [f"C2PA mark: invalid; {'; '.join(mark.reasons) or 'the library does not say why'}", *_said(mark)]
    return ["C2PA mark: valid; the file is as it was when it was signed", *_said(mark)]


def _said(mark: "Mark") -> list[str]:
    trust = "issued by your own root" if mark.trusted else "trusted by nobody here; the name may be anybody's"
    if mark.state == "invalid":
        trust = "so it says"
    rows = {
        "signed by": f"{mark.signer} ({trust})" if mark.signer else "",
        "says": mark.source.rpartition("/")[2],
        "title": mark.title,
        "when": f"{mark.when}, by the clock of whoever signed" if mark.when else "",
        "made with": mark.generator,
    }
    return [f"  {name:<10} {text}" for name, text in rows.items() if text]


def _watermark(found: "Detection") -> str:
    if found.state == "not_looked":
        return f"watermark: not looked for; {found.why}"
    if found.state == "too_short":
        return f"watermark: none found, and {found.seconds:.1f} s of sound are too short to tell"
    fit = f"z {found.z:.1f}, {found.seconds:.0f} s of sound"
    if found.state == "none":
        return f"watermark: none found ({fit})"
    return f"watermark: found ({fit}; by chance at most once in {_power(found.chance)} files)"


def _power(chance: float) -> str:
    """How many files it takes, as a power of ten."""
    return f"10^{min(100, int(-log10(max(chance, 1e-100))))}"


def _tags(tags: "Tags") -> str:
    if not tags.looked:
        return f"tags: not looked at; {tags.why}"
    if not tags.comment:
        return "tags: no comment"
    return f"tags: the comment {'says that a machine made it' if tags.machine else 'names no machine'}: {tags.comment}"
