"""Funnels and plans of a corpus as people read them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from photocast.corpus.asked import AskingPlan
    from photocast.corpus.funnel import Funnel
    from photocast.corpus.store import Store


def funnel_table(funnel: "Funnel") -> "Table":
    """What every stage took, kept and dropped, a line a reason."""
    from rich.table import Table

    from photocast.corpus.funnel import UNITS

    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("Stage")
    table.add_column("")
    for name in ("Number", "Share"):
        table.add_column(name, justify="right")
    for count in funnel.counts:
        table.add_row(count.stage, f"{UNITS[count.stage]} taken", f"{count.taken:,}", "")
        for reason, number in _most_first(count.dropped):
            table.add_row("", f"  {reason.replace('_', ' ')}", f"-{number:,}", _share(number, count.taken), style="dim")
        made = f", {count.made:,} made of them" if count.made != count.kept else ""
        table.add_row("", f"kept{made}", f"{count.kept:,}", _share(count.kept, count.taken))
    return table


def rules_table(funnel: "Funnel") -> "Table":
    """Rule sets side by side on the same episodes: what each keeps, and why it drops the rest."""
    from rich.table import Table

    ours = next(count for count in funnel.counts if count.stage == "select")
    sets = {"this corpus": ours, **funnel.rules}
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("Episodes")
    for name in sets:
        table.add_column(name, justify="right")
    table.add_row("taken", *(f"{count.taken:,}" for count in sets.values()))
    for reason in dict.fromkeys(reason for count in sets.values() for reason, _ in _most_first(count.dropped)):
        numbers = [count.dropped.get(reason, 0) for count in sets.values()]
        table.add_row(f"  {reason.replace('_', ' ')}", *(f"-{one:,}" if one else "" for one in numbers), style="dim")
    table.add_row("kept", *(f"{count.kept:,}" for count in sets.values()))
    return table


def funnel_lines(funnel: "Funnel") -> Iterator[str]:
    """What was mended in the source, which is no reason to drop anything."""
    for count in funnel.counts:
        if count.noted:
            noted = ", ".join(f"{what.replace('_', ' ')} {number:,}" for what, number in _most_first(count.noted))
            yield f"{count.stage}: {noted}"


def dataset_of(where: str) -> "Store":
    """The dataset that lies in a folder, or in the `dataset` folder of a corpus."""
    from photocast.corpus import open_store
    from photocast.corpus.packed import DATASET
    from photocast.corpus.packing.about import ABOUT

    inner = open_store(f"{where.rstrip('/')}/{DATASET}")
    return inner if inner.has(ABOUT) else open_store(where)


def plan_lines(plan: "AskingPlan") -> Iterator[str]:
    """What a stage is about to send."""
    from photocast.runs import dollars

    yield f"{plan.stage}: {plan.questions:,} question{'' if plan.questions == 1 else 's'} to {plan.model}"
    yield (
        f"  Sends    the questions, to {plan.host}"
        if plan.host
        else "  Sends    nothing: the model runs on this machine"
    )
    yield f"  Tokens   about {plan.input_tokens:,} in, by estimate"
    if plan.host and plan.most_usd is not None:
        batch = ", in batches" if plan.batch else ""
        yield f"  Costs    at most {dollars(plan.most_usd)} by estimate{batch}"
    elif plan.host:
        yield "  Costs    not known: no price table has this model"


def _most_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _share(number: int, of: int) -> str:
    return f"{number / of:.1%}" if of else ""
