"""`photocast bench vist`: an evaluation set of VIST's stories and photos."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.bench.vist import Annotations, Fetched, Manners, Selection, Split, Wanted
    from photocast.cli.screen import Screen

_MOST_SHOWN = 8
_SECONDS_A_PHOTO = 1.0


@click.group(
    epilog=options.examples(
        "photocast bench vist select sis/test.story-in-sequence.json -o vist50", "photocast bench vist fetch vist50"
    )
)
def vist() -> None:
    """Make an evaluation set of VIST, the album stories of Huang et al.

    select draws stories from the official annotations, and fetch gets their photos. Neither texts nor photos are part
    of photocast, and neither may be passed on: each photo has a licence of its own.
    """


@vist.command(
    epilog=options.examples(
        "photocast bench vist select sis/test.story-in-sequence.json -o vist50",
        "photocast bench vist select sis/test.story-in-sequence.json -o second --gone vist50/photos.jsonl",
        "photocast bench vist select sis/test.story-in-sequence.json -o mine --stories stories.txt",
    )
)
@click.argument("annotations", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder for the set.")
@click.option(
    "--draw",
    default="20,30",
    show_default=True,
    metavar="N,N",
    help="How many stories, in how many draws; the default is the rule of SPoRC-VIST.",
)
@click.option("--seed", type=int, default=42, show_default=True, metavar="N", help="Of each draw.")
@click.option(
    "--stories",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take the stories whose ids stand in this file, one a line, instead of drawing.",
)
@click.option("--all", "everything", is_flag=True, help="Take all stories instead of drawing.")
@click.option(
    "--gone",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="photos.jsonl of an earlier fetch: stories with a photo that is gone are passed over, as the rule wants it.",
)
@options.common
def select(
    annotations: Path,
    out: Path,
    draw: str,
    seed: int,
    stories: Path | None,
    everything: bool,
    gone: Path | None,
    as_json: bool,
) -> None:
    """Draw stories from VIST's annotations, and write a folder that waits for their photos.

    ANNOTATIONS is test.story-in-sequence.json out of SIS-with-labels.tar.gz (visionandlanguage.net/VIST). By default
    the 50 stories of SPoRC-VIST are drawn again by their published rule. The first 20 are the published ones, and so
    are most of the others: one was put in by hand, and photos that could not be had then may be had now.
    """
    from photocast.bench.vist import DRAWS, SEED, Ledger, read_annotations, write_selection
    from photocast.cli.screen import Screen
    from photocast.schema import UsageError

    screen = Screen(as_json=as_json)
    if stories and everything:
        raise UsageError("cannot take all stories and some", "--all and --stories exclude each other", "Leave out one")
    found = read_annotations(annotations)
    missing = Ledger.open(gone, must_exist=True).gone() if gone else {}
    if stories or everything:
        split, rule, used_seed = _named(found, stories, missing), "named" if stories else "all", None
    else:
        counts, used_seed = _counts(draw), seed
        split, rule = _drawn(found, counts, seed, missing), f"draws of {draw} with seed {seed}"
        if (counts, seed) == (DRAWS, SEED):
            rule = f"SPoRC-VIST: {rule}"
    selection = write_selection(out, split.stories, found, rule=rule, seed=used_seed, rejected=split.rejected)
    _tell_selection(screen, out, selection, found)


def _counts(draw: str) -> tuple[int, ...]:
    from photocast.schema import UsageError

    parts = [part.strip() for part in draw.split(",")]
    if not all(part.isdecimal() and int(part) for part in parts):
        raise UsageError(f"cannot draw {draw!r}", "it is no list of numbers", "Write 20,30 for 20 stories and then 30")
    return tuple(map(int, parts))


def _drawn(found: "Annotations", counts: tuple[int, ...], seed: int, missing: dict[str, str]) -> "Split":
    from photocast.bench.vist import draw

    def exists(photo: str) -> bool:
        return bool(found.photos[photo].url) and photo not in missing

    return draw(found.stories, draws=counts, seed=seed, exists=exists)


def _named(found: "Annotations", listed: Path | None, missing: dict[str, str]) -> "Split":
    """The stories of a list, or all of them; those with a photo that is gone are passed over."""
    from photocast.bench.vist import Split
    from photocast.schema import InputError

    stories = {story.id: story for story in found.stories}
    names = _listed(listed) if listed else list(stories)
    if unknown := [name for name in names if name not in stories]:
        why = found.dropped.get(unknown[0], "the annotations have no such story")
        raise InputError(f"cannot take the story {unknown[0]}", why, f"Correct {listed}")
    lost = {name: photo for name in names for photo in stories[name].photos if photo in missing}
    rejected = {name: f"its photo {photo} is gone: {missing[photo]}" for name, photo in lost.items()}
    kept = tuple(stories[name] for name in names if name not in lost)
    if not kept:
        raise InputError("cannot select stories", f"none of the {len(names)} is left", "Name others")
    return Split(kept, rejected)


def _listed(file: Path) -> list[str]:
    from photocast.schema import InputError

    try:
        return list(dict.fromkeys(file.read_text("utf-8-sig").split()))
    except (OSError, UnicodeDecodeError) as error:
        why = str(getattr(error, "strerror", None) or "it is not UTF-8 text").lower()
        raise InputError(f"cannot read {file}", why, "Name a file with an id in each line") from error


def _tell_selection(screen: "Screen", out: Path, selection: "Selection", found: "Annotations") -> None:
    count, photos = len(selection.stories), len({photo for one in selection.stories for photo in one.photos})
    screen.say(f"{count} stories with {photos} photos: {selection.rule}")
    shown = list(selection.rejected.items())[:_MOST_SHOWN]
    screen.say(*(f"  passed over {story}: {reason}" for story, reason in shown))
    if len(selection.rejected) > len(shown):
        screen.say(f"  and {len(selection.rejected) - len(shown)} more, which vist.json lists")
    if found.dropped:
        screen.say(f"  {len(found.dropped)} stories of the file cannot be used")
    screen.say("  The photos are still to be had: photocast bench vist fetch", str(out))
    screen.document(
        {
            "folder": str(out),
            "rule": selection.rule,
            "stories": [one.story for one in selection.stories],
            "photos": photos,
            "rejected": selection.rejected,
            "dropped": dict(found.dropped),
        }
    )


@vist.command(
    epilog=options.examples(
        "photocast bench vist fetch vist50",
        "photocast bench vist fetch vist50 --images ~/vist/images/test --local",
        "photocast bench vist fetch vist50 --hashes theirs/photos.jsonl --yes",
    )
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--images",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Take the photos from a folder of VIST's own archives, and ask no host.",
)
@click.option(
    "--hashes",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="photos.jsonl of somebody else: keep only photos with the same bytes.",
)
@click.option(
    "--delay",
    type=click.FloatRange(min=0.2, max=60),
    default=_SECONDS_A_PHOTO,
    show_default=True,
    metavar="SECONDS",
    help="Pause between two photos.",
)
@click.option("--again-gone", is_flag=True, help="Ask again for photos that were gone.")
@options.local
@options.yes
@options.common
def fetch(
    folder: Path,
    images: Path | None,
    hashes: Path | None,
    delay: float,
    again_gone: bool,
    local: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Get the photos of a selection, one after the other.

    FOLDER is what select has written. Stopped at any time, the same command goes on where it was. Every photo that came
    is in photos.jsonl with its SHA-256, and so is every one that is gone, with the reason. The exit code is 1 when a
    photo failed that may come another day.
    """
    from photocast.bench.vist import Ledger, Manners, read_selection
    from photocast.cli.running import guarded
    from photocast.cli.screen import Screen

    screen = Screen(as_json=as_json)
    wanted = read_selection(folder).wanted(folder)
    ledger = Ledger.open(folder / "photos.jsonl")
    vouched = _vouched(hashes)
    with guarded(local):
        if images:
            from photocast.bench.vist.fetch import from_folder

            fetched = from_folder(wanted, ledger, images, vouched)
        else:
            _agree(screen, wanted, ledger, delay, again_gone, yes=yes, local=local)
            fetched = _fetched(screen, wanted, ledger, Manners(delay=delay), vouched, again_gone)
    _tell_fetched(screen, folder, wanted, fetched)
    return 0 if fetched.complete else 1


def _vouched(hashes: Path | None) -> dict[str, str]:
    from photocast.bench.vist import Ledger

    if hashes is None:
        return {}
    theirs = Ledger.open(hashes, must_exist=True)
    return {name: entry.sha256 for name, entry in theirs.entries.items() if entry.sha256}


def _agree(
    screen: "Screen", wanted: "tuple[Wanted, ...]", ledger: Any, delay: float, again: bool, *, yes: bool, local: bool
) -> None:
    """Show who would be asked for how much, and ask.

    Raises:
        UsageError: the run is to stay on this machine, or nobody is there to agree.
    """
    from photocast.schema import UsageError

    missing = [one for one in ledger.missing(wanted) if one.url and (again or one.id not in ledger.gone())]
    if not missing:
        return
    hosts = Counter(urlsplit(one.url).hostname or "?" for one in missing)
    screen.note(
        f"  Photos   {len(missing)} of {len(wanted)} to be fetched, one at a time, about {len(missing) * delay:.0f} s",
        *(f"           {count} from {host}" for host, count in hosts.most_common(_MOST_SHOWN)),
        *([f"           and {len(hosts) - _MOST_SHOWN} more hosts"] if len(hosts) > _MOST_SHOWN else []),
        "  Sends    nothing but the addresses of the photos",
        "  Rights   each photo has a licence of its own; what is fetched must not be passed on",
    )
    if local:
        raise UsageError(
            f"--local and fetching from {hosts.most_common(1)[0][0]} exclude each other",
            "the photos are on other machines",
            "Leave out --local, or give a folder of VIST's archives with --images",
        )
    if yes:
        return
    if not screen.asks:
        why = f"{len(missing)} photos would be fetched from {len(hosts)} hosts, and that is never done unasked"
        raise UsageError("nobody is there to agree", why, "Add --yes")
    click.confirm("  Fetch them?", default=False, abort=True, err=True)


def _fetched(
    screen: "Screen",
    wanted: "tuple[Wanted, ...]",
    ledger: Any,
    manners: "Manners",
    vouched: dict[str, str],
    again: bool,
) -> "Fetched":
    from photocast.bench.vist import fetch

    with screen.stages() as stages:
        return fetch(
            wanted,
            ledger,
            manners=manners,
            hashes=vouched,
            again_gone=again,
            progress=lambda done, total: stages("Fetching", done, total),
        )


def _tell_fetched(screen: "Screen", folder: Path, wanted: "tuple[Wanted, ...]", fetched: "Fetched") -> None:
    there = len(fetched.came) + len(fetched.there)
    screen.say(f"{there} of {len(wanted)} photos are there, {len(fetched.came)} of them new")
    for word, some in (("gone", fetched.gone), ("failed", fetched.failed), ("differs", fetched.differ)):
        screen.say(*(f"  {word}: {photo}: {reason}" for photo, reason in list(some.items())[:_MOST_SHOWN]))
        if len(some) > _MOST_SHOWN:
            screen.say(f"  {word}: and {len(some) - _MOST_SHOWN} more")
    screen.say(str(folder))
    screen.document(
        {
            "folder": str(folder),
            "photos": len(wanted),
            "there": there,
            "new": len(fetched.came),
            "gone": fetched.gone,
            "failed": fetched.failed,
            "differ": fetched.differ,
        }
    )
