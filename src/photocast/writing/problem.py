"""Something wrong with a script."""

from photocast.schema.record import Record


class Problem(Record):
    """Something wrong at a place in the script."""

    turn: str
    rule: str
    """What kind: `unsupported`, `struck`, `flat`, `cut_off`, `resumed`, `repeated`; from a grammar `article`, `broken`,
    `open_end`; from a model those of `photocast.writing.habits`, and `label`."""
    detail: str
