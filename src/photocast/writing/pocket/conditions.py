"""The words that `when:` understands: when a bit may be said."""

from collections.abc import Callable

from photocast.schema import Kind
from photocast.writing.pocket.slots import Moment

MANY = 8
"""Photos from which an album counts as long; half of it is short."""


def holds(condition: str, moment: Moment, *, hosts: int) -> bool:
    """Whether a condition of the grammar is met; `not CONDITION` negates one.

    Raises:
        KeyError: for a word that is not a condition.
    """
    if condition.startswith("not "):
        return not holds(condition.removeprefix("not "), moment, hosts=hosts)
    if condition == "hosts3":
        return hosts >= 3
    if condition.startswith("playful "):
        return moment.material.brief.playful >= float(condition.split()[1])
    if condition.startswith("with "):
        return moment.index in moment.material.seen(condition.removeprefix("with "))
    if condition.startswith("album "):
        return bool(moment.material.seen(condition.removeprefix("album ")))
    if condition.startswith("theme "):
        theme = moment.material.theme
        return bool(theme and theme.is_a(condition.removeprefix("theme ")))
    return _CONDITIONS[condition][1](moment)


def _with_gap(moment: Moment, least: float) -> bool:
    return any(one.kind is Kind.GAP and (one.quantity or 0) >= least for row in moment.material.by_photo for one in row)


def _form(moment: Moment) -> str | None:
    return moment.focus.concept.form if moment.focus.concept else None


def _promise_at(moment: Moment) -> int | None:
    promise = moment.material.promise
    seen = moment.material.seen(promise.id) if promise else ()
    return seen[0] if seen else None


_CONDITIONS: dict[str, tuple[str, Callable[[Moment], bool]]] = {
    "sure": ("what it is about is certain", lambda at: at.focus.sure),
    "unsure": ("what it is about is not certain", lambda at: not at.focus.sure),
    "several": (
        "more than one of it in the photo",
        lambda at: bool(at.focus.observation and (at.focus.observation.quantity or 0) > 1),
    ),
    "counted": ("it is counted (`dogs`), not a mass (`snow`)", lambda at: _form(at) == "count"),
    "recurring": (
        "it is seen in other photos too",
        lambda at: bool(at.focus.concept and len(at.material.seen(at.focus.concept.id)) > 1),
    ),
    "alone": (
        "it is seen in this photo only",
        lambda at: bool(at.focus.concept and len(at.material.seen(at.focus.concept.id)) == 1),
    ),
    "firstphoto": ("the photo is the first", lambda at: at.index == 0),
    "lastphoto": ("the photo is the last", lambda at: at.index == len(at.material.album.photos) - 1),
    "early": ("the photo is in the first third", lambda at: at.index * 3 < len(at.material.album.photos)),
    "late": ("the photo is in the last third", lambda at: at.index * 3 >= 2 * len(at.material.album.photos)),
    "long": ("the album is long", lambda at: len(at.material.album.photos) >= MANY),
    "short": ("the album is short", lambda at: len(at.material.album.photos) <= MANY // 2),
    "single": ("the album is one photo", lambda at: len(at.material.album.photos) == 1),
    "promise": ("the title names something", lambda at: at.material.promise is not None),
    "kept": (
        "the title names something that is seen, but not in the first photo",
        lambda at: bool(_promise_at(at)),
    ),
    "broken": (
        "the title names something that is not seen in any photo",
        lambda at: at.material.promise is not None and _promise_at(at) is None,
    ),
    "promised": (
        "it is what the title names",
        lambda at: bool(at.focus.concept and at.material.promise and at.focus.concept.is_a(at.material.promise.id)),
    ),
    "themed": ("most photos show the same thing", lambda at: at.material.theme is not None),
    "ontheme": (
        "it is what most photos show",
        lambda at: bool(at.focus.concept and at.material.theme and at.focus.concept.is_a(at.material.theme.id)),
    ),
    "odd": ("exactly one photo is without the theme", lambda at: at.material.odd is not None),
    "oddone": ("this photo is the one without the theme", lambda at: at.material.odd == at.index),
    "gap": ("time passes between photos: an hour at least", lambda at: _with_gap(at, 3600)),
    "years": ("a year at least passes between photos", lambda at: _with_gap(at, 360 * 86400)),
    "placed": ("the city is known", lambda at: at.material.anywhere(Kind.PLACE) is not None),
    "peopled": ("somebody is seen in some photo", lambda at: at.material.anywhere(Kind.PEOPLE) is not None),
    "arriving": (
        "somebody is seen in some photo, but not in the first",
        lambda at: at.material.anywhere(Kind.PEOPLE) is not None and at.material.of_kind(0, Kind.PEOPLE) is None,
    ),
    "named": ("files have names that are words", lambda at: at.material.anywhere(Kind.NAME) is not None),
    "told": ("the user said what it is about", lambda at: at.material.brief.about is not None),
    "sober": ("no anecdotes: playful is 0", lambda at: at.material.brief.playful == 0),
    "portrait": (
        "the photo is upright",
        lambda at: at.material.photo(at.index).height > at.material.photo(at.index).width,
    ),
    "newphoto": ("the talk comes to this photo just now", lambda at: at.new_photo),
}

CONDITION_HELP = {name: help for name, (help, _) in _CONDITIONS.items()} | {
    "hosts3": "there are three hosts or more",
    "playful X": "playful is X or more",
    "with CONCEPT": "the photo also shows it",
    "album CONCEPT": "some photo shows it",
    "theme CONCEPT": "most photos show it",
    "not CONDITION": "the contrary",
}
"""What each condition means, for `docs/talk.md` and the check of the grammar."""
