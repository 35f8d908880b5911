"""`photocast score`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.bench.beside import Beside
    from photocast.bench.results import Scores
    from photocast.cli.screen import Stages
    from photocast.metrics import Target

ALL_FAILED = 4
"""Exit code when no transcript could be read."""


@click.command(
    epilog=options.examples(
        "photocast score episode.txt",
        "photocast score transcripts/ --reference panel --words 800",
        "photocast score transcripts/ --album albums/ --encoder hf:openai/clip-vit-base-patch32",
        "photocast score transcripts/ --as-published --json",
    )
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option(
    "--album",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The album that the transcripts are about, or a folder of albums named as the transcripts are.",
)
@click.option(
    "--encoder",
    metavar="NAME",
    help="Compare words with pixels: hf:openai/clip-vit-base-patch32, hf:google/siglip2-base-patch16-224, "
    "open_clip:ViT-B-32/laion2b_s34b_b79k, or hf: and a folder. Needs --album.",
)
@click.option(
    "--reference",
    metavar="NAME",
    help="The people to compare with: interview, panel, meeting, or a file.  [default: by the number of speakers]",
)
@click.option("--words", type=click.IntRange(1), metavar="N", help="How long the scripts were to be.")
@click.option("--labels", multiple=True, metavar="NAME", help="A name that turns may carry.  [default: Speaker 1, …]")
@click.option(
    "--as-published", is_flag=True, help="The figures of SPoRC-VIST as its tables come about, defects included."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the bootstrap.")
@options.common
def score(
    paths: tuple[Path, ...],
    album: Path | None,
    encoder: str | None,
    reference: str | None,
    words: int | None,
    labels: tuple[str, ...],
    as_published: bool,
    seed: int,
    as_json: bool,
) -> int:
    """Measure transcripts of podcasts: one system's, each about another album.

    PATH is a transcript, an episode, or a folder of them. A transcript that cannot be read is counted and listed, and
    none of its figures enters a mean. What the figures mean: photocast bench metrics.
    """
    from photocast.bench.score import score as measure
    from photocast.bench.score import score_as_published
    from photocast.bench.transcripts import find_transcripts
    from photocast.cli.scored import score_table
    from photocast.cli.screen import Screen

    screen = Screen(as_json=as_json)
    files = find_transcripts(paths)
    with screen.stages() as stages:
        beside = _beside(album, encoder, stages)
        if as_published:
            scores = score_as_published(files, beside=beside, seed=seed)
        else:
            target = _target(words, labels)
            scores = measure(
                files,
                beside=beside,
                reference_name=reference,
                target=target,
                seed=seed,
                progress=lambda done, total: stages("Measuring", done, total),
            )
    screen.say(score_table(scores), *_remarks(scores))
    screen.document(scores.model_dump(mode="json"))
    return 0 if scores.n else ALL_FAILED


def _beside(album: Path | None, encoder: str | None, stages: "Stages") -> "Beside | None":
    from photocast.bench.beside import Beside
    from photocast.bench.evaluation_set import EvaluationSet
    from photocast.models.encoders import open_encoder
    from photocast.schema import UsageError

    if album is None:
        if encoder:
            raise UsageError("--encoder has nothing to look at", "no album was named", "Add --album DIR")
        return None
    return Beside(EvaluationSet.open(album), open_encoder(encoder) if encoder else None, progress=stages)


def _target(words: int | None, labels: tuple[str, ...]) -> "Target | None":
    from photocast.metrics import Target

    return Target(words=words, labels=labels) if words or labels else None


def _remarks(scores: "Scores") -> list[str]:
    """What failed, and what a reader must know."""
    lines = [f"  not read: {one.file}: {one.reason}" for one in scores.failed]
    return [*lines, *(f"  note: {note}" for note in scores.notes)]
