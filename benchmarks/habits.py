"""How often each rule for scripts by models fires on scripts by models, and on people.

    python benchmarks/habits.py FOLDER [RULE]

FOLDER holds `paper/*/transcript_32b.txt` and `transcript_235b.txt`, the published outputs of SPoRC-VIST
(arXiv:2601.01062), and `transcripts/dev_180_episodes.jsonl.gz`, an episode of the Changelog transcripts a line. Of each
episode three windows of whole turns are taken, of 800 words or a little more, at a quarter, the half and three quarters
of it, so that neither the welcome nor the goodbye of a show is in them. With a RULE the turns of people on which it
fires are printed, to be read.

Everything is read by `parse_transcript` and as if a model had written it; every turn is given a photo, as `sensitive`
looks only at turns about photos. What the figures do not show: there is no fact sheet, so that nothing can be unused or
ungrounded; and the reader of transcripts takes stage directions out of the words before `direction` sees them, as the
writer does. The people are interviewed about software, at length: their images are files, their snapshots archives, and
`giant` is about the length of turns in a conversation that is not theirs. `opening` looks at the first two turns of a
script, and a window begins anywhere.
"""

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from photocast.schema import Brief, FactSheet, Provenance, Script, parse_transcript
from photocast.writing import Problem, check

WINDOW = 800
"""Words of a window, and words asked for."""
PLACES = (0.25, 0.5, 0.75)
BY_A_MODEL = Provenance(writer="direct", writer_version="0", model="a model", disclosure="Made by a machine.")
STYLES = ("paper", "banter")
BY_STYLE = {"photo_talk", "giant"}


@dataclass(frozen=True)
class Group:
    """Scripts of one origin."""

    name: str
    scripts: list[Script]


def main(folder: Path, rule: str | None) -> None:
    episodes, paper = folder / "transcripts" / "dev_180_episodes.jsonl.gz", folder / "paper"
    if not episodes.is_file() or not paper.is_dir():
        sys.exit(f"{folder} has no paper/ or no {episodes.relative_to(folder)}: give the folder that holds both")
    people = Group("people", list(windows(episodes)))
    if rule:
        print_hits(people, rule)
        return
    machines = [Group(size, list(published(paper, size))) for size in ("32b", "235b")]
    print_table([*machines, people])


def published(paper: Path, size: str) -> Iterator[Script]:
    for file in sorted(paper.glob(f"*/transcript_{size}.txt")):
        yield as_by_a_model(parse_transcript(file.read_text("utf-8")))


def windows(episodes: Path) -> Iterator[Script]:
    with gzip.open(episodes, "rt", encoding="utf-8") as file:
        for line in file:
            turns = [(turn["inferredSpeakerName"], turn["turnText"]) for turn in json.loads(line)["turns"]]
            for window in filter(None, (window_of(turns, place) for place in PLACES)):
                yield as_by_a_model(parse_transcript(window))


def window_of(turns: list[tuple[str, str]], place: float) -> str | None:
    """The transcript of as few whole turns as reach the length; none where the episode is monologue or too short."""
    window, words = [], 0
    for speaker, text in turns[int(place * len(turns)) :]:
        window.append((speaker, " ".join(text.split())))
        words += len(text.split())
        if words >= WINDOW:
            break
    cast = list(dict.fromkeys(speaker for speaker, _ in window))
    if not WINDOW <= words <= 1.3 * WINDOW or len(cast) < 2:
        return None
    return "\n\n".join(f"Speaker {cast.index(speaker) + 1}: {text}" for speaker, text in window)


def as_by_a_model(script: Script) -> Script:
    turns = tuple(turn.model_copy(update={"photos": ("p01",)}) for turn in script.turns)
    return script.model_copy(update={"turns": turns, "provenance": BY_A_MODEL})


def problems(script: Script, style: str) -> Iterable[Problem]:
    return check(script, FactSheet(observations=()), Brief(style=style, words=WINDOW))


def rules_of(script: Script) -> Counter[str]:
    """How many turns break each rule; some by style."""
    broken: set[tuple[str, str]] = set()
    for style in STYLES:
        for problem in problems(script, style):
            rule = f"{problem.rule} ({style})" if problem.rule in BY_STYLE else problem.rule
            broken.add((rule, problem.turn))
    return Counter(rule for rule, _ in broken)


def print_table(groups: list[Group]) -> None:
    counted = [[rules_of(script) for script in group.scripts] for group in groups]
    turns = [sum(len(script.turns) for script in group.scripts) for group in groups]
    heads = [
        f"{group.name} ({len(group.scripts)} scripts, {total} turns)"
        for group, total in zip(groups, turns, strict=True)
    ]
    print(f"| turns in 1,000, and % of scripts | {' | '.join(heads)} |\n|---{'|---' * len(groups)}|")
    for rule in sorted({rule for scripts in counted for one in scripts for rule in one}):
        cells = (
            f"{1000 * sum(one[rule] for one in scripts) / total:.1f}, "
            f"{100 * sum(one[rule] > 0 for one in scripts) / len(scripts):.0f} %"
            for scripts, total in zip(counted, turns, strict=True)
        )
        print(f"| {rule} | {' | '.join(cells)} |")


def print_hits(people: Group, rule: str) -> None:
    for number, script in enumerate(people.scripts, start=1):
        texts = {turn.id: turn.text for turn in script.turns}
        for style in STYLES:
            for problem in problems(script, style):
                if problem.rule == rule:
                    print(f"{number} {problem.turn} ({style}) {problem.detail}\n    {texts[problem.turn]}")


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) == 3 else None)
