"""Plans and facts as people read them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from photocast.runs import ModelUse
    from photocast.schema import AlbumRecord, FactSheet, Plan, Sending

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
    yield f"  Writer   {plan.writer.model}, {plan.writer.because}"
    if plan.sending:
        yield from _sending_lines(plan, plan.sending)
    else:
        yield "  Sends    nothing: the writer runs on this machine"
    here = plan.sending is not None and plan.sending.host is None
    yield f"  Takes    about {plan.seconds:.0f} s{', and as long as the model needs' if here else ''}"


def _sending_lines(plan: "Plan", sending: "Sending") -> Iterator[str]:
    from photocast.runs import dollars

    count = len(sending.photos)
    size = f"of at most 1024 pixels, no metadata, {sending.photo_bytes / 1e6:.1f} MB"
    photos = f"{count} photo{'' if count == 1 else 's'} {size}"
    to = f"to {sending.host}" if sending.host else "to a model on this machine; nothing leaves it"
    yield f"  Sends    {photos if count else 'no photos'}, {to}"
    if sending.host:
        yield from (f"           {words}" for words in sending.words)
        yield from (f"  Keeps    {words}" for words in sending.withheld)
        yield from _concern_lines(plan, sending)
    yield from (f"  Needs    {line}" for line in sending.needs)
    calls = f"{sending.calls} call{'' if sending.calls == 1 else 's'}"
    yield f"  Tokens   about {sending.input_tokens:,} in and {sending.output_tokens:,} out, in up to {calls}"
    if sending.cost and sending.host:
        low, high = dollars(sending.cost.low_usd), dollars(sending.cost.high_usd)
        yield f"  Costs    about {low}, at most {high} by estimate; prices: {sending.cost.table}"
    elif sending.host:
        yield "  Costs    not known: no price table has this model"
    if plan.writer.max_cost is not None:
        yield f"           stops before a call that could go beyond {dollars(plan.writer.max_cost)}"


def _concern_lines(plan: "Plan", sending: "Sending") -> Iterator[str]:
    """What may be private, as far as the embedded eyes can tell, and what they cannot."""
    for what in dict.fromkeys(one.what for one in sending.concerns):
        photos = [one.photo for one in sending.concerns if one.what == what]
        yield f"  Private? {what}: {', '.join(photos)}"
    yield "           Not noticed: small print, handwriting, and whether anybody is a child"


def spent_line(use: "ModelUse") -> str:
    """What a model was asked, and what it cost."""
    from photocast.runs import dollars

    parts = [f"{use.model}: {use.calls} call{'' if use.calls == 1 else 's'}"]
    if use.from_journal:
        parts.append(f"{use.from_journal} answered before and not paid again")
    parts.append(f"{use.input_tokens:,} tokens in, {use.output_tokens:,} out")
    if use.host:
        parts.append("price not known" if use.usd is None else f"{dollars(use.usd)} paid")
    if use.possibly_paid_usd:
        parts.append(f"up to {dollars(use.possibly_paid_usd)} possibly paid for calls that were cut off")
    return "; ".join(parts)


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
