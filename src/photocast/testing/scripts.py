"""Scripts in a line each, for tests of what is said and by whom."""

from photocast.schema import Script, Speaker, Turn


def script_of(*lines: str) -> Script:
    """A script from lines such as `A: look at that`, whatever the words are; nothing is taken for a direction."""
    said = [line.split(": ", 1) for line in lines]
    return Script(
        title="made by hand",
        speakers=tuple(Speaker(name=name) for name in dict.fromkeys(name for name, _ in said)),
        turns=tuple(Turn(id=f"t{at:03d}", speaker=who, text=text) for at, (who, text) in enumerate(said, start=1)),
    )
