"""What the user asks for, gathered from flags, from files and from the defaults."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from photocast.pipeline.choice import PROJECT_FILE, WriterWishes, choose, refuse_from_albums
from photocast.pipeline.spoken import parse_hosts, read_length
from photocast.schema import Brief, ConfigError, Host, Person, UsageError, Writer
from photocast.schema.record import Record
from photocast.schema.toml import read_toml

Order = Literal["time", "name", "given"]


class Wishes(WriterWishes):
    """A brief as it stands in a file or on a command line: whatever is left out is decided elsewhere."""

    hosts: Annotated[int, Field(ge=2, le=4)] | str | None = None
    """A number, or the hosts in a line as in `--hosts`."""
    host: tuple[Host, ...] = Field(default=(), max_length=4)
    length: str | int | None = None
    """`5m`, `90s`, `800w`, or a number of words."""
    style: Literal["banter", "story", "interview", "bedtime", "paper"] | None = None
    language: str | None = Field(default=None, pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    playful: float | None = Field(default=None, ge=0, le=1)
    about: str | None = Field(default=None, max_length=500)
    people: str | None = None
    """A file of people, relative to the file that names it."""
    person: tuple[Person, ...] = ()
    disclosure: bool | None = None
    delivery: bool | None = None
    seed: int | None = None
    keep: tuple[str, ...] = ()
    order: Order | None = None

    def given(self) -> dict[str, Any]:
        """What is not left out."""
        return {name: value for name in type(self).model_fields if (value := getattr(self, name)) not in (None, ())}


class PeopleFile(Record):
    """`people.toml`: who is in the photos, in the user's words."""

    person: tuple[Person, ...]


@dataclass(frozen=True)
class Settings:
    """A whole brief, and how the album is to be opened."""

    brief: Brief
    keep: tuple[str, ...] = ()
    order: Order = "time"
    writer: Writer = field(default_factory=Writer)


def gather(
    flags: Mapping[str, Any],
    *,
    brief_file: Path | None = None,
    sources: Sequence[Path] = (),
    base: Brief | None = None,
    writer: Writer | None = None,
) -> Settings:
    """Settings from the command line, then the brief file, then the project files, then the defaults.

    Args:
        flags: As in `Wishes`; what is `None` was not given.
        brief_file: TOML file named with `--brief`.
        sources: What the album is opened from: a `photocast.toml` in its folder counts more than one in the
            current folder.
        base: For an episode the brief it was made with. It stands in place of the project files and the defaults,
            which have already had their say in it.
        writer: For an episode the writer it was made with, in the same manner.

    Raises:
        ConfigError: a file cannot be read, or says something unknown.
        UsageError: a flag cannot be meant as written.
    """
    project, named = _project_files(sources), [brief_file] if brief_file else []
    wishes: dict[str, Any] = {}
    for path in [*(project if base is None else []), *named]:
        wishes |= _from_file(path)
    wishes |= _in_terms_of_the_brief({name: value for name, value in flags.items() if value not in (None, ())})
    settings = settle(wishes, base or Brief())
    return replace(settings, writer=choose(flags, _of_the_user([*project, *named], sources), base=writer))


def settle(wishes: Mapping[str, Any], base: Brief) -> Settings:
    """The settings that `base` becomes when the wishes are granted.

    Raises:
        UsageError: one of them goes beyond what a brief can hold, or two exclude each other.
    """
    changes = {name: wishes[name] for name in Brief.model_fields if name in wishes}
    try:
        brief = Brief.model_validate(base.model_dump() | changes)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise UsageError(f"cannot use this for {name}", first["msg"].lower(), f"Change {name}") from error
    if brief.delivery and brief.style == "paper":
        raise UsageError(
            "the style paper has no delivery",
            "SPoRC-VIST forbids directions",
            "Leave out --delivery, or change --style",
        )
    # `--hosts 2` over a file that names three keeps the first two.
    brief = brief.model_copy(update={"cast": brief.cast[: brief.hosts]})
    return Settings(brief=brief, keep=tuple(wishes.get("keep", ())), order=wishes.get("order", "time"))


def read_people(path: Path) -> tuple[Person, ...]:
    """The people in a `people.toml`.

    Raises:
        ConfigError: it cannot be read, or says something unknown.
    """
    return read_toml(path, PeopleFile).person


def _project_files(sources: Iterable[Path]) -> list[Path]:
    """`photocast.toml` of the current folder and of the albums' folders, the more particular last."""
    folders = [Path(), *(source if source.is_dir() else source.parent for source in sources)]
    found = {path.resolve(): path for folder in folders if (path := folder / PROJECT_FILE).is_file()}
    return list(found.values())


def _of_the_user(files: Iterable[Path], sources: Iterable[Path]) -> list[Path]:
    """The files that may name a model: not those that lie in an album."""
    albums = list(sources)
    theirs = [path for path in files if path.name == PROJECT_FILE and any(_lies_in(path, one) for one in albums)]
    for path in theirs:
        refuse_from_albums(path)
    return [path for path in files if path not in theirs]


def _lies_in(path: Path, source: Path) -> bool:
    """Whether a file is in an album: in its folder or below, or beside the files of it; a link in it is the album's."""
    folders = {path.parent.resolve(), path.resolve().parent}
    if source.is_dir():
        album = source.resolve()
        return any(album in (folder, *folder.parents) for folder in folders)
    return source.parent.resolve() in folders


def _from_file(path: Path) -> dict[str, Any]:
    wishes = read_toml(path, Wishes).given()
    if "people" in wishes:
        wishes["people"] = path.parent / wishes["people"]
    try:
        return _in_terms_of_the_brief(wishes)
    except UsageError as error:  # in a file it is the file that has to be corrected
        raise ConfigError(f"{path}: {error.what}", error.why, error.do) from error


def _in_terms_of_the_brief(wishes: dict[str, Any]) -> dict[str, Any]:
    """The wishes under the names that `Brief` has for them."""
    if "length" in wishes:
        wishes["words"] = read_length(wishes.pop("length"))
    if "host" in wishes:
        wishes["cast"] = wishes.pop("host")
        wishes.setdefault("hosts", max(2, len(wishes["cast"])))
    if isinstance(wishes.get("hosts"), str):
        wishes["hosts"], cast = parse_hosts(wishes["hosts"])
        wishes |= {"cast": cast} if cast else {}
    people = (read_people(wishes.pop("people")) if "people" in wishes else ()) + wishes.pop("person", ())
    return wishes | ({"people": people} if people else {})
