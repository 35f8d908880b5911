"""Plans and facts as people read them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from photocast.schema import AlbumRecord, FactSheet, Plan

_MOST_SHOWN = 8
"""Files set aside that `make` names before it asks."""


def plan_lines(plan: "Plan", *, with_files: bool) -> Iterator[str]:
    """What would be done, a line each."""
    album, brief = plan.album, plan.brief
    used, aside = len(album.photos), len(album.set_aside)
    yield album.title
    yield f"  Photos   {used + aside} found, {used} used, {aside} set aside"
    if with_files:
        yield from (f"           {photo.id}  {photo.source}" for photo in album.photos)
    shown = album.set_aside if with_files else album.set_aside[:_MOST_SHOWN]
    for one in shown:
        back = " It can be kept with --keep." if one.can_be_kept else ""
        yield f"           {one.source}: {one.reason.value.replace('_', ' ')}. {one.detail}{back}"
    if left := len(album.set_aside) - len(shown):
        yield f"           and {left} more, which `photocast plan` lists"
    if when := _when_and_where(album):
        yield f"  When     {when}"
    hosts = names([host.name for host in brief.cast]) or f"{brief.hosts} hosts"
    yield f"  Talk     {hosts}, {brief.style}, {plan.words} words (about {duration(plan.words)})"
    yield f"  Sends    {'; '.join(plan.will_send) or 'nothing: the writer runs on this machine'}"
    yield f"  Takes    about {plan.seconds:.0f} s, written by {plan.writer}"


def plan_document(plan: "Plan") -> dict[str, Any]:
    """Every file that was found, with its status and reason, and the plan."""
    used = [
        {"file": photo.source, "status": "used", "id": photo.id, "reason": None, "detail": None}
        for photo in plan.album.photos
    ]
    aside = [
        {"file": one.source, "status": "set_aside", "id": None, **one.model_dump(mode="json", exclude={"source"})}
        for one in plan.album.set_aside
    ]
    return {"files": [*used, *aside], "plan": plan.model_dump(mode="json")}


def fact_table(facts: "FactSheet") -> "Table":
    """The fact sheet, a row for each observation."""
    from rich.table import Table
    from rich.text import Text

    from photocast.cli.plain import plain

    table = Table("photos", "kind", "what", "known", "sources", "sure", box=None, pad_edge=False)
    for one in facts.observations:
        photos = one.photos[0] if len(one.photos) == 1 else f"{one.photos[0]} +{len(one.photos) - 1}"
        cells = (photos, one.kind, one.what, one.known, ", ".join(one.sources), f"{one.confidence:.2f}")
        table.add_row(*(Text(plain(str(cell))) for cell in cells), style="dim" if one.state == "struck" else None)
    return table


def names(people: Sequence[str]) -> str:
    """Ada; Ada and Leo; Ada, Leo and Maya."""
    return " and ".join(part for part in (", ".join(people[:-1]), *people[-1:]) if part)


def duration(words: int) -> str:
    """How long so many words take to say."""
    from photocast.schema import WORDS_PER_MINUTE

    seconds = round(words * 60 / WORDS_PER_MINUTE)
    return f"{seconds // 60} min {seconds % 60:02d} s" if seconds >= 60 else f"{seconds} s"


def _when_and_where(album: "AlbumRecord") -> str:
    times = [photo.taken_at for photo in album.photos if photo.taken_at]
    days = sorted({time.date() for time in times})
    when = "" if not days else str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}"
    cities = list(dict.fromkeys(f"{p.place.city}, {p.place.country}" for p in album.photos if p.place))
    return "; ".join(part for part in (when, " and ".join(cities[:2])) if part)
