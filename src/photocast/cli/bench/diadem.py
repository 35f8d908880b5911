"""`photocast bench diadem`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.bench.diadem import Asking, DiademResult, Group, Judge, Score
    from photocast.cli.screen import Screen

_MOST_SHOWN = 8
_FILE = click.Path(path_type=Path)


@click.command(
    epilog=options.examples(
        "photocast bench diadem --predictions p.jsonl --references r.jsonl --speaker-judge exact",
        "photocast bench diadem --predictions p.jsonl --references r.jsonl --speaker-judge ollama:x",
    )
)
@click.option(
    "--predictions", type=_FILE, required=True, metavar="FILE", help="JSONL of video_id and pred or dialogues."
)
@click.option("--references", type=_FILE, required=True, metavar="FILE", help="JSONL of video_id and gt_dialogues.")
@click.option(
    "--speaker-judge",
    required=True,
    metavar="JUDGE",
    help="Who says whether two descriptions mean one speaker: exact, alias, or a model such as openai:gpt-5-mini.",
)
@click.option("--aliases", type=_FILE, metavar="FILE", help="TOML or JSON table of the alias judge.")
@click.option("--frames", type=_FILE, metavar="DIR", help="DIR/VIDEO_ID/*.jpg, which a model that judges is shown.")
@click.option("--extract-with", metavar="MODEL", help="Takes the lines out of every pred that is a caption in prose.")
@click.option("--max-cost", type=float, metavar="USD", help="Stop before a call that could go beyond this.")
@click.option("--official", is_flag=True, help="Count as the published script does, with its quirks.")
@click.option(
    "--yes", is_flag=True, help="Do not ask before frames are sent, nor before what was cut off is asked again."
)
@options.common
def diadem(
    predictions: Path,
    references: Path,
    speaker_judge: str,
    aliases: Path | None,
    frames: Path | None,
    extract_with: str | None,
    max_cost: float | None,
    official: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Score who says what in short clips: REF, ASR and cpWER of DiaDemBench.

    A model that judges or extracts is sent descriptions and captions, and with --frames pictures of the clips. Its
    answers are kept: the same command, run again, pays for nothing twice.
    """
    from photocast.bench.diadem import Asking, Run, evaluate, prompts, read_predictions, read_references
    from photocast.cli.running import front_of
    from photocast.cli.screen import Screen
    from photocast.models.budget import Budget

    screen, budget = Screen(as_json=as_json), Budget(max_cost)
    predicted, meant = read_predictions(predictions), read_references(references)
    with screen.stages() as stages:
        front = front_of(screen, stages=stages, guard=None, yes=yes)

        def asking(model: str, what: str) -> Asking:
            return Asking(
                model, what, run=Run(f"bench diadem: {what}"), prompts=prompts.VERSION, budget=budget, front=front
            )

        extractor = asking(extract_with, "extract") if extract_with else None
        judge = _judge(speaker_judge, aliases, frames, asking)
        _agree(screen, judge, extractor, frames=frames, yes=yes)
        result = evaluate(predicted, meant, judge, extractor=extractor, official=official)
    _show(screen, result)
    screen.document(result.model_dump(mode="json"))


def _judge(name: str, aliases: Path | None, frames: Path | None, asking: "Callable[[str, str], Asking]") -> "Judge":
    """The judge of that name."""
    from photocast.bench.diadem import ExactJudge, ModelJudge, read_aliases
    from photocast.schema import UsageError

    if (name == "alias") != (aliases is not None):
        do = "Name the table with --aliases FILE" if aliases is None else "Leave out --aliases"
        raise UsageError("--speaker-judge alias and --aliases go together", "only one of them is given", do)
    if name in {"exact", "alias"} and frames is not None:
        raise UsageError(
            f"--frames cannot be used with {name}", "it sees nothing", "Leave out --frames, or name a model"
        )
    if name == "exact":
        return ExactJudge()
    if aliases is None and ":" not in name:
        do = "Write exact, alias, or a model with its provider, such as openai:gpt-5-mini"
        raise UsageError(f"there is no judge {name!r}", "it is neither exact nor alias nor a model", do)
    return read_aliases(aliases) if aliases else ModelJudge(asking(name, "judge"), frames)


def _agree(screen: "Screen", judge: "Judge", extractor: "Asking | None", *, frames: Path | None, yes: bool) -> None:
    """Say what leaves this machine. Pictures do so only if somebody agrees."""
    from photocast.schema import UsageError

    if extractor and extractor.host:
        screen.note(f"  {extractor.name} extracts: captions are sent to {extractor.host}")
    if not judge.use or not (host := judge.use.host):
        return
    what = "descriptions of speakers" + (f" and the frames in {frames}" if frames else "")
    screen.note(f"  {judge.name} judges: {what} are sent to {host}")
    if not frames or yes:
        return
    if not screen.asks:
        why = f"frames of the clips would be sent to {host}, and pictures are never sent unasked"
        raise UsageError("nobody is there to agree", why, "Add --yes, or leave out --frames")
    click.confirm(f"  Send them to {host}?", default=False, abort=True, err=True)


def _show(screen: "Screen", result: "DiademResult") -> None:
    """The figures in columns, and what is not in them."""
    from photocast.cli.shown import spent_line

    covered = f"{100 * result.coverage:.1f} % of {result.n} clip{'' if result.n == 1 else 's'} covered"
    screen.say(*_rows(result), "", *_means(result.overall), f"  {result.judge} judged; {covered}")
    screen.say(*(f"  {use.way}: {spent_line(use)}" for use in result.use))
    screen.say(*(f"  note: {note}" for note in result.notes))
    screen.say(*_limited([f"  {one.stage}: {one.video_id}: {one.reason}" for one in result.failed]))
    screen.say(*_limited([f"  no reference: {video}" for video in result.without_reference]))


def _rows(result: "DiademResult") -> "Iterator[str]":
    """All clips, and each kind of them; kinds of one kind of shot stand under it."""
    yield _row("per cent", "clips", "REF F1", "95 %", "ASR F1", "95 %", "cpWER")
    for name, group in {"all clips": result.overall, **result.strata}.items():
        *shot, kind = name.replace("_", " ").split("/")
        figures = (*_figures(group.ref), *_figures(group.asr), _figure(group.cpwer))
        yield _row(f"{'  ' * len(shot)}{kind}", str(group.n), *figures)


def _row(kind: str, clips: str, *figures: str) -> str:
    ref, ref_ci, asr, asr_ci, cpwer = figures
    return f"{kind:<22} {clips:>5}  {ref:>6} {ref_ci:>12}  {asr:>6} {asr_ci:>12}  {cpwer:>6}"


def _figures(score: "Score") -> tuple[str, str]:
    return _figure(score.f1), f"{score.ci95[0]:.1f}-{score.ci95[1]:.1f}" if score.ci95 else "-"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _means(overall: "Group") -> "Iterator[str]":
    for name, score in (("REF", overall.ref), ("ASR", overall.asr)):
        silent = f"; nothing predicted for {score.undefined_precision}" if score.undefined_precision else ""
        yield (
            f"  {name}: recall {_figure(score.recall)}, precision {_figure(score.precision)}, "
            f"over {score.n} clip{'' if score.n == 1 else 's'}{silent}"
        )


def _limited(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_SHOWN
    return lines if more <= 0 else [*lines[:_MOST_SHOWN], f"  and {more} more, which --json lists"]
