"""The parts of `choose`: windows of all parts in, the chosen ones out, in parts of a size that suits the asking."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from photocast.corpus.choose import NAME, Choice, choose, choose_settings
from photocast.corpus.embedded import Scorer
from photocast.corpus.nouns import Window
from photocast.corpus.parts import Count, Part, forget_others, key_of, markers
from photocast.corpus.recipe import ChooseTable
from photocast.corpus.store import Store


def make_chosen(
    store: Store,
    before: Sequence[Part[Window]],
    table: ChooseTable,
    scorer: Scorer | None,
    told: Callable[[str, int, int], None],
) -> tuple[Part[Window], ...]:
    """Choose among the windows of all parts, and write the chosen ones, the best first; what is there already stays."""
    key = key_of([part.key for part in before], NAME, choose_settings(table, scorer), table.part_size)
    if found := _there(store, key):
        told(NAME, 1, 1)
        return found
    told(NAME, 0, 1)

    def windows() -> Iterator[Window]:
        return (window for part in before for window in part.read(store))

    choice = choose(windows, table, scorer)
    made = _write(store, choice, windows, key, table.part_size)
    forget_others(store, NAME, made)
    told(NAME, 1, 1)
    return made


def _part(key: str, number: int) -> Part[Window]:
    return Part(NAME, f"{number:05}", key_of(key, number), Window)


def _there(store: Store, key: str) -> tuple[Part[Window], ...]:
    """The parts of an earlier run, if all are there: the first one is written last."""
    parts = tuple(_part(key, number) for number in range(len(markers(store, NAME))))
    return parts if parts and all(part.marker(store) for part in parts) else ()


def _write(
    store: Store, choice: Choice, windows: Callable[[], Iterator[Window]], key: str, size: int
) -> tuple[Part[Window], ...]:
    wanted = {name: number for number, name in enumerate(choice.kept)}
    chosen: dict[int, Any] = {}
    for window in windows():
        if (number := wanted.pop(window.id, None)) is not None:
            chosen[number] = window
    ordered = [chosen[number] for number in sorted(chosen)]
    groups = [ordered[start : start + size] for start in range(0, len(ordered), size)] or [[]]
    made = tuple(_part(key, number) for number in range(len(groups)))
    for number in reversed(range(len(groups))):
        last = number == 0
        count = Count(NAME, len(groups[number]), len(groups[number]), len(groups[number]))
        if last:
            for one in choice.dropped:
                count.drop(one.reason)
        made[number].write(store, groups[number], choice.dropped if last else (), [count])
    return made
