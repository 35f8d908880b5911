"""`photocast judge human A B`."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.album import Album
    from photocast.bench.evaluation_set import EvaluationSet
    from photocast.bench.judging.human import RaterStatus, Server, Study
    from photocast.bench.judging.pairs import Pair
    from photocast.cli.screen import Screen, Stages

_FOLDER = click.Path(path_type=Path)
_COUNT = click.IntRange(min=1)
_MOST_SHOWN = 8


@click.command(
    epilog=options.examples(
        "photocast judge human ours/ theirs/ --albums albums/ -o judged/",
        "photocast judge human A=ours/ B=theirs/ -o judged/ --per-rater 20 --controls 2",
        "photocast judge human --status -o judged/",
    )
)
@click.argument("systems", nargs=-1, metavar="[A B [C]...]")
@click.option("-o", "--out", type=_FOLDER, required=True, metavar="DIR", help="Judging folder; votes are added to it.")
@click.option("--albums", type=_FOLDER, metavar="DIR", help="Photos to show, in a folder for each item.")
@click.option("--audio", type=_FOLDER, metavar="DIR", help="Recordings: DIR/SYSTEM/ITEM.mp3, .wav, .m4a or .opus.")
@click.option("--per-rater", type=_COUNT, metavar="N", help="Pairs for each rater.  [default: all]")
@click.option("--raters-per-item", type=_COUNT, metavar="K", help="Raters for each pair.  [default: all who come]")
@click.option(
    "--controls", type=click.IntRange(min=0), default=0, metavar="N", help="Identical pairs for each rater, on top."
)
@click.option("--consent", type=_FOLDER, metavar="FILE", help="Text that raters agree to, instead of the built-in one.")
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="[default: the one used before, else any]")
@click.option(
    "--host",
    metavar="ADDRESS",
    help="Listen at this address of a network that you trust, unencrypted.  [default: this machine alone]",
)
@click.option("--status", is_flag=True, help="Print how far the raters are, and end.")
@options.common
def human(
    systems: tuple[str, ...],
    out: Path,
    albums: Path | None,
    audio: Path | None,
    per_rater: int | None,
    raters_per_item: int | None,
    controls: int,
    consent: Path | None,
    port: int | None,
    host: str | None,
    status: bool,
    as_json: bool,
) -> None:
    """Ask people which transcript they prefer, on a web page.

    Systems are given as to photocast judge pairs. The page shows two transcripts at a time, without saying whose they
    are, and every answer is on the disk before the next question comes. Raters can stop and come back, and so can
    this command: give it the same systems and folder, and it goes on where it was.
    """
    from photocast.bench.judging.human import LOOPBACK, Session, Workplace, serve, study_of
    from photocast.cli.screen import Screen

    screen = Screen(as_json=as_json)
    if status:
        _show_status(screen, out)
        return
    with ExitStack() as open_, screen.stages() as stages:
        pairs, items = _pairs(screen, systems, albums)
        shown = open_.enter_context(_opened(items, pairs, screen, stages)) if items else {}
        study = study_of(
            pairs,
            shown,
            audio=audio,
            per_rater=per_rater,
            raters_per_pair=raters_per_item,
            controls_per_rater=controls,
            **({"consent": _read_consent(consent)} if consent else {}),
        )
        place = open_.enter_context(Workplace(out, study))
        session = Session(study, out, place.token.encode())
        server = open_.enter_context(serve(session, place, host or LOOPBACK, port))
        try:
            _announce(screen, server, study, out)
            server.serve_forever()
        except KeyboardInterrupt:
            pass  # how a study ends
    screen.note("", f"Ended. Every answer is in {out}; the same command goes on.")


def _pairs(
    screen: "Screen", systems: Sequence[str], albums: Path | None
) -> "tuple[tuple[Pair, ...], EvaluationSet | None]":
    """What is compared; what cannot be is said."""
    from photocast.bench.evaluation_set import EvaluationSet
    from photocast.bench.judging.pairs import contestants, pair_up

    items = EvaluationSet.open(albums) if albums else None
    known = [item.id for item in items.items] if items else []
    pairing = pair_up(contestants(systems, known), known)
    _some(screen, [f"  not compared: {one}" for one in pairing.alone])
    return pairing.pairs, items


@contextmanager
def _opened(
    items: "EvaluationSet", pairs: "Sequence[Pair]", screen: "Screen", stages: "Stages"
) -> "Iterator[dict[str, Album]]":
    """The photos of every item that is compared, ready to be shown; items whose photos cannot be go without."""
    from photocast.bench.seen import opened
    from photocast.schema import InputError

    wanted = [item for name in dict.fromkeys(pair.item for pair in pairs) if (item := items.item(name))]
    found: dict[str, Album] = {}
    problems = []
    with ExitStack() as albums:
        for done, item in enumerate(wanted, start=1):
            try:
                found[item.id] = albums.enter_context(opened(item))
            except InputError as error:
                problems.append(f"  without photos: {item.id}: {error.why}")
            stages("Photos", done, len(wanted))
        _some(screen, problems)
        yield found


def _read_consent(file: Path) -> str:
    from photocast.schema import InputError

    do = "Give a text file in UTF-8 that says what raters agree to"
    try:
        text = file.read_text("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not text in UTF-8" if isinstance(error, UnicodeDecodeError) else (error.strerror or "no file")
        raise InputError(f"cannot read {file}", why.lower(), do) from error
    if not text:
        raise InputError(f"cannot use {file}", "it is empty", do)
    return text


def _announce(screen: "Screen", server: "Server", study: "Study", out: Path) -> None:
    """The link, and to whom it leads."""
    import sys

    from photocast.bench.judging.human import LOOPBACK

    count = len(study.comparisons)
    if server.host != LOOPBACK:
        screen.note(
            f"  warning: whoever on the network of {server.host} has the link can see the photos and vote.",
            "  Nothing is encrypted: use a network that you trust, and end this when the raters are done.",
        )
    with_photos = sum(one.album is not None for one in study.comparisons)
    with_audio = sum(one.has_audio for one in study.comparisons)
    screen.note(f"  {count} pair{'' if count == 1 else 's'}: {with_photos} with photos, {with_audio} with recordings")
    screen.say(server.url)
    screen.note(f"  Votes go to {out}. Press Ctrl-C to end.")
    document = {"url": server.url, "folder": str(out), "pairs": count, "photos": with_photos, "audio": with_audio}
    screen.document(document)
    sys.stdout.flush()


def _show_status(screen: "Screen", out: Path) -> None:
    from dataclasses import asdict

    from photocast.bench.judging.human import read_status

    raters = read_status(out)
    screen.say(_row("rater", "pairs", "answers", "controls tied", "left preferred", "last answer"))
    screen.say(*map(_rater_row, raters))
    screen.note(f"  {len(raters)} rater{'' if len(raters) == 1 else 's'}, {sum(one.pairs for one in raters)} pairs")
    screen.document({"folder": str(out), "raters": [asdict(one) for one in raters]})


def _rater_row(one: "RaterStatus") -> str:
    return _row(
        one.rater,
        str(one.pairs),
        str(one.answers),
        f"{one.controls_tied} of {one.controls}" if one.controls else "-",
        "-" if one.left_preferred is None else f"{100 * one.left_preferred:.0f} %",
        f"{one.last.astimezone():%Y-%m-%d %H:%M}" if one.last else "-",
    )


def _row(rater: str, *figures: str) -> str:
    pairs, answers, controls, left, last = figures
    return f"{rater:<10} {pairs:>6} {answers:>8}  {controls:>13}  {left:>14}  {last}".rstrip()


def _some(screen: "Screen", lines: Sequence[str]) -> None:
    screen.note(*lines[:_MOST_SHOWN])
    if (more := len(lines) - _MOST_SHOWN) > 0:
        screen.note(f"  and {more} more")
