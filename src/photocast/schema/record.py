"""The base of every noun: frozen, closed, and saying which version of the schema it follows."""

from pydantic import BaseModel, ConfigDict

SCHEMA_VERSION = 1
"""Raised when a file written by an older photocast could be misread by a newer one, or the reverse."""


class Record(BaseModel):
    """A value that does not change and admits no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid")
