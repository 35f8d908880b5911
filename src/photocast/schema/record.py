"""The base of every noun: frozen, closed, and saying which version of the schema it follows."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

SCHEMA_VERSION = 1
"""Raised when a file written by an older photocast could be misread by a newer one, or the reverse."""


def _readable(version: int) -> int:
    if version != SCHEMA_VERSION:
        raise ValueError(f"this photocast reads version {SCHEMA_VERSION} of its files, and this is version {version}")
    return version


SchemaVersion = Annotated[int, AfterValidator(_readable)]
"""The version a file says it follows; of another one nothing is read, for it could be misread."""


class Record(BaseModel):
    """A value that does not change and admits no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid")
