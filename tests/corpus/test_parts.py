"""Parts and their markers, and stages joined over them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from photocast.corpus.nouns import Dropped, Utterance
from photocast.corpus.parts import Count, Part, forget_others, key_of, lines_of, markers, packed
from photocast.corpus.stages import Passing
from photocast.corpus.store import LocalStore
from photocast.schema import InputError

SAID = [Utterance("A", "Is it ready?"), Utterance("B", "It's dough."), Utterance("A", "Ünready — 🍞")]


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path)


def _part(name: str = "00000", key: str = "k") -> Part[Utterance]:
    return Part("read", name, key, Utterance)


class Long:
    """Keeps utterances of more than two words, twice."""

    name = "long"
    settings = None

    def __call__(self, item: Utterance) -> Sequence[Utterance] | Dropped:
        return [item, item] if len(item.text.split()) > 2 else Dropped(item.speaker, "short", item.text)


def test_a_part_reads_back(store: LocalStore) -> None:
    part = _part()
    part.write(store, SAID, [Dropped("x", "too_short")], [Count("read", 4, 3, 3, {"too_short": 1})])
    assert list(part.read(store)) == SAID
    assert list(part.drops(store)) == [Dropped("x", "too_short")]
    marker = part.marker(store)
    assert marker
    assert marker.counts[0].dropped == {"too_short": 1}


def test_the_same_items_give_the_same_bytes(store: LocalStore) -> None:
    for name in ("a", "b"):
        _part(name).write(store, iter(SAID), [], [])
    assert store.read("read/a.jsonl.gz") == store.read("read/b.jsonl.gz") == packed(SAID)


def test_a_marker_of_another_recipe_is_stale(store: LocalStore) -> None:
    _part(key="old").write(store, SAID, [], [])
    assert _part(key="old").marker(store)
    assert _part(key="new").marker(store) is None


def test_without_its_lines_a_marker_says_nothing(store: LocalStore) -> None:
    part = _part()
    part.write(store, SAID, [], [])
    store.delete(part.file)
    assert part.marker(store) is None


def test_a_marker_that_cannot_be_read_is_none(store: LocalStore) -> None:
    part = _part()
    part.write(store, SAID, [], [])
    store.write(part.marker_file, b'{"key": 3')
    assert part.marker(store) is None
    assert markers(store, "read") == {}


def test_no_marker_before_the_lines_are_there(store: LocalStore) -> None:
    part = _part()
    part.write(store, SAID, [], [])

    def broken() -> Iterator[Utterance]:
        yield SAID[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        part.write(store, broken(), [], [])
    assert part.marker(store) is None


def test_damage_is_named(store: LocalStore) -> None:
    part = _part()
    part.write(store, SAID, [], [])
    store.write(part.file, store.read(part.file)[:-9])
    with pytest.raises(InputError, match=r"read/00000\.jsonl\.gz"):
        list(part.read(store))
    store.write(part.file, packed([{"speaker": 3}]))
    with pytest.raises(InputError, match="damaged"):
        list(part.read(store))


def test_parts_of_a_longer_source_are_forgotten(store: LocalStore) -> None:
    for name in ("0", "1", "2"):
        _part(name).write(store, SAID, [], [])
    forget_others(store, "read", [_part("0"), _part("1")])
    assert set(markers(store, "read")) == {"0", "1"}
    assert len(store.names("read")) == 6


def test_lines_may_hold_line_ends_of_unicode(store: LocalStore) -> None:
    said = [Utterance("A", "one\u2028two\x85three")]
    _part().write(store, said, [], [])
    assert len(list(lines_of(store, "read/00000.jsonl.gz"))) == 1
    assert list(_part().read(store)) == said


def test_keys_differ_with_everything() -> None:
    keys = {key_of("a", 1), key_of("a", 2), key_of("b", 1), key_of("a", "1"), key_of(["a"], 1)}
    assert len(keys) == 5
    assert key_of({"x": 1, "y": 2}) == key_of({"y": 2, "x": 1})


def test_joined_stages_count_each_for_itself() -> None:
    passing = Passing()
    items = passing.begin([SAID[0], Dropped("e", "bad_json"), SAID[1], SAID[2]])
    for stage in (Long(), Long()):
        items = passing.through(items, stage)
    # 4 read, 1 dropped; "It's dough." is short, and so is none of what is left: 3 and 3 words; twice, and twice again.
    assert [one.text for one in items] == [SAID[0].text] * 4 + [SAID[2].text] * 4
    read, first, second = passing.counts
    assert (read.taken, read.kept, read.made, read.dropped) == (4, 3, 3, {"bad_json": 1})
    assert (first.taken, first.kept, first.made, first.dropped) == (3, 2, 4, {"short": 1})
    assert (second.taken, second.kept, second.made, second.dropped) == (4, 4, 8, {})
    assert [one.reason for one in passing.dropped] == ["bad_json", "short"]


def test_what_was_dropped_is_in_stage_order_however_it_came_about() -> None:
    short = Utterance("C", "no")
    passing = Passing()
    list(passing.through(passing.begin([short, Dropped("e", "bad_json")]), Long()))
    assert [one.reason for one in passing.dropped] == ["bad_json", "short"]
