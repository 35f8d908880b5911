"""What an export wrote."""

from dataclasses import dataclass, field


@dataclass
class Written:
    """What an export wrote, and what it left out."""

    samples: int = 0
    files: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    """Samples that are not in it, by reason."""
    noted: dict[str, int] = field(default_factory=dict)
    """What was changed and is no reason to leave anything out."""

    def add(self, file: str) -> None:
        """Note a file."""
        self.files.append(file)

    def plus(self, file: str) -> "Written":
        """The same with a file more."""
        self.add(file)
        return self

    def leave_out(self, reason: str) -> None:
        """Count a sample that is not in it."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def note(self, what: str, number: int = 1) -> None:
        """Count something that was changed."""
        if number:
            self.noted[what] = self.noted.get(what, 0) + number
