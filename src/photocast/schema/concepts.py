"""The vocabulary that looking and writing share: what can be seen, and the words for it."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import Field

from photocast.schema.record import Record


class Concept(Record):
    """A kind of thing that can be seen in a photo."""

    id: str
    """The singular noun."""
    many: str | None = None
    """The plural; none when it is not counted."""
    form: str = Field(default="count", pattern="^(count|mass|the)$")
    """`mass` takes no article (`snow`), `the` always the definite one (`the sea`)."""
    kinds: tuple[str, ...] = Field(default=(), alias="is")
    """The wider things it is a kind of, nearest first."""

    def is_a(self, wider: str) -> bool:
        """Whether this is `wider` or a kind of it."""
        return wider == self.id or wider in self.kinds


@cache
def concepts() -> dict[str, Concept]:
    """All concepts by id, from `concepts.toml`."""
    text = files("photocast.schema").joinpath("concepts.toml").read_text("utf-8")
    return {name: Concept.model_validate({"id": name, **entry}) for name, entry in tomllib.loads(text).items()}
