"""Work out how people talk in podcasts: the bands of `photocast.metrics` over human transcripts.

    python benchmarks/human_bands.py EPISODES.jsonl.gz src/photocast/metrics/human_bands.json

EPISODES holds an episode of the Changelog transcripts in each line, with `turns` of `inferredSpeakerName` and
`turnText`. Only figures are written, no text.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from photocast.metrics import FIGURES, Band, Bands, HumanReference, ShapeFigures, shape
from photocast.metrics.lexicons import LEXICON_VERSION
from photocast.schema import Script, Speaker, Turn
from photocast.schema.directions import read_speech

SHORTEST, LONGEST = 600, 900


def main() -> None:
    source, target = sys.argv[1:]
    measured: list[tuple[str, ShapeFigures]] = []
    left_out = 0
    with gzip.open(source, "rt", encoding="utf-8") as file:
        for line in file:
            episode = json.loads(line)
            for window in windows(spoken_turns(episode)):
                if window.words() > LONGEST:
                    left_out += 1
                else:
                    measured.append((episode["epTitle"], shape(window)))
    two = [one for one in measured if one[1].speakers == 2]
    more = [one for one in measured if one[1].speakers > 2]
    reference = HumanReference(
        reference="Changelog podcast transcripts: edited, interview-type talk about technology",
        source="https://github.com/thechangelog/transcripts",
        licence="CC-BY-SA-4.0",
        attribution="Changelog Media and contributors; figures worked out from the transcripts, no text included",
        window=(
            f"consecutive whole turns, as few as reach {SHORTEST} words, left out above {LONGEST}; not overlapping; "
            "grouped by how many people speak in the window"
        ),
        left_out=left_out,
        lexicon_version=LEXICON_VERSION,
        two=bands("two", two),
        three_or_more=bands("three or more", more),
    )
    Path(target).write_text(reference.model_dump_json(indent=1) + "\n", encoding="utf-8")


def spoken_turns(episode: dict[str, list[dict[str, str]]]) -> list[tuple[str, str]]:
    """Speaker and words of each turn, without `[laughs]` and time marks; those without words left out."""
    turns = [(turn["inferredSpeakerName"], read_speech(turn["turnText"]).words) for turn in episode["turns"]]
    return [(speaker, words) for speaker, words in turns if any(letter.isalnum() for letter in words)]


def windows(turns: list[tuple[str, str]]) -> Iterator[Script]:
    """As few whole turns as reach the length of a photocast script, one window after the other."""
    window: list[tuple[str, str]] = []
    words = 0
    for at, (speaker, text) in enumerate(turns):
        window.append((speaker, text))
        words += len(text.split())
        goes_on = at + 1 < len(turns) and turns[at + 1][0] == speaker
        if words >= SHORTEST and not goes_on:
            yield script_of(window)
            window, words = [], 0


def script_of(turns: list[tuple[str, str]]) -> Script:
    return Script(
        title="window",
        speakers=tuple(Speaker(name=name) for name in dict.fromkeys(speaker for speaker, _ in turns)),
        turns=tuple(Turn(id=f"t{at:03d}", speaker=who, text=text) for at, (who, text) in enumerate(turns, start=1)),
    )


def bands(speakers: str, measured: list[tuple[str, ShapeFigures]]) -> Bands:
    values = {name: [value for _, one in measured if (value := getattr(one, name)) is not None] for name in FIGURES}
    return Bands(
        speakers=speakers,
        episodes=len({episode for episode, _ in measured}),
        windows=len(measured),
        figures={name: band(found) for name, found in values.items() if len(found) >= 20},
    )


def band(values: list[float]) -> Band:
    cuts = quantiles(values, n=20, method="inclusive")
    p10, p25, p50, p75, p90 = (round(cuts[at], 4) for at in (1, 4, 9, 14, 17))
    return Band(windows=len(values), p10=p10, p25=p25, p50=p50, p75=p75, p90=p90)


if __name__ == "__main__":
    main()
