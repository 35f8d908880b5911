"""`photocast train rewards`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from rich.table import Table

    from photocast.bench.transcripts import Transcript, Unread
    from photocast.training.rewards.measured import Rewards

ALL_FAILED = 4
"""Exit code when no file could be read."""

_HEADER = "====\n"
"""What stands above such a row was written by a program, not by the model."""


@click.command(
    epilog=options.examples(
        "photocast train rewards transcripts/ --speakers 2 --words 800",
        "photocast train rewards RUN/talks/ --speakers 3 --reference panel --captions captions.txt",
        "photocast train rewards caption.txt --dialogue said.txt --json",
    )
)
@click.argument("paths", nargs=-1, required=True, metavar="TRANSCRIPT...", type=click.Path(path_type=Path))
@click.option("--speakers", type=click.IntRange(1, 99), metavar="N", help="How many were to speak.")
@click.option("--words", type=click.IntRange(1), metavar="N", help="How long the talks were to be.")
@click.option(
    "--reference",
    default="",
    metavar="NAME",
    help="The people that shape and repetition compare with: interview, panel, meeting, or a file.  [default: by the "
    "number of speakers]",
)
@click.option(
    "--captions", type=click.Path(path_type=Path), metavar="FILE", help="What the pictures show, a line for each."
)
@click.option(
    "--dialogue", type=click.Path(path_type=Path), metavar="FILE", help="What is said, as lines of speaker: utterance."
)
@click.option("--language", default="en", show_default=True, metavar="CODE", help="That the talks were to be in.")
@options.common
def rewards(
    paths: tuple[Path, ...],
    speakers: int | None,
    words: int | None,
    reference: str,
    captions: Path | None,
    dialogue: Path | None,
    language: str,
    as_json: bool,
) -> int:
    """Show what transcripts would earn in GRPO: each reward that is a function of the text.

    TRANSCRIPT is a file with what a model wrote, an episode, or a folder of them; all are taken to have been asked the
    same. A text in which nobody speaks earns nothing, which is no error. What each reward is: docs/rewards.md.
    """
    from photocast.bench.transcripts import find_transcripts, read_transcripts
    from photocast.cli.screen import Screen
    from photocast.training.rewards import Asked
    from photocast.training.rewards.measured import measured

    screen = Screen(as_json=as_json)
    asked = Asked(
        speakers=speakers,
        words=words,
        captions=_lines(captions),
        dialogue=_lines(dialogue),
        language=language.partition("-")[0].lower(),
        reference=reference,
    )
    spoken, unread = read_transcripts(find_transcripts(paths))
    given: list[Transcript | Unread] = [*spoken, *unread]
    texts = {str(one.file): _written(one) for one in given if one.text is not None}
    failed = [one.failure for one in unread if one.text is None]
    found = measured(texts, asked)
    screen.say(_table(found), *(f"  not read: {one.file}: {one.reason}" for one in failed))
    screen.document({**found.model_dump(mode="json"), "failed": [one.model_dump(mode="json") for one in failed]})
    return 0 if found.n else ALL_FAILED


def _written(one: "Transcript | Unread") -> str:
    """The text as the model wrote it; of an episode, its script as a transcript."""
    from photocast.bench.transcripts import Transcript
    from photocast.schema import print_transcript

    if isinstance(one, Transcript) and one.file.suffix == ".json":
        return print_transcript(one.script).partition("\n\n")[2]  # without the title
    return (one.text or "").replace("\r\n", "\n").rpartition(_HEADER)[2]


def _lines(file: Path | None) -> tuple[str, ...]:
    from photocast.schema import InputError

    if file is None:
        return ()
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not text in UTF-8"
        raise InputError(f"{file} cannot be read", why, "Name a file with one line for each") from error
    return tuple(line for line in lines if line.strip())


def _table(found: "Rewards") -> "Table":
    from rich.table import Table

    def said(value: float | None) -> str:
        return "" if value is None else f"{value:.3f}"

    table = Table(box=None, pad_edge=False, title_justify="left", title=f"{found.n} text{'' if found.n == 1 else 's'}")
    table.add_column("reward", no_wrap=True)
    for name in ("mean", "least", "most", "texts", "does not apply"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, one in found.rewards.items():
        table.add_row(name, said(one.mean), said(one.least), said(one.most), str(one.n), str(one.none or ""))
    return table
