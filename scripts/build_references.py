"""Write the human references that ship with photocast.

    python scripts/build_references.py CHANGELOG.jsonl.gz QMSUM_FOLDER

CHANGELOG has an episode a line, made from https://github.com/thechangelog/transcripts; QMSUM_FOLDER holds `test` and
`val` of https://github.com/Yale-LILY/QMSum. `photocast bench reference build` does the same for one reference.
"""

import re
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from photocast.bench.conversations import Conversation, conversations
from photocast.bench.reference import Recipe, build_reference

OUT = Path(__file__).resolve().parents[1] / "src/photocast/metrics/references"
CHANGELOG = {
    "source": "https://github.com/thechangelog/transcripts",
    "licence": "CC-BY-SA-4.0",
    "attribution": "Changelog Media and contributors; figures worked out from the transcripts, no text included",
}
RECIPES = (
    Recipe(
        "interview", "Two people in Changelog podcasts: edited talk about technology", **CHANGELOG, two_speakers=True
    ),
    Recipe(
        "panel", "Three or more in Changelog podcasts: edited talk about technology", **CHANGELOG, two_speakers=False
    ),
)
MEETING = Recipe(
    "meeting",
    "Meetings of the AMI and ICSI corpora: verbatim talk at work, as QMSum has it",
    source="https://github.com/Yale-LILY/QMSum",
    licence="MIT (QMSum); CC-BY-4.0 (AMI, ICSI)",
    attribution=(
        "QMSum, Zhong et al. 2021; AMI Meeting Corpus, University of Edinburgh; ICSI Meeting Corpus; figures worked "
        "out from the transcripts, no text included"
    ),
    two_speakers=False,
)
ROLES = re.compile(
    r"(Project Manager|Marketing|User Interface|Industrial Designer|(Professor|PhD|Postdoc|Grad|Undergrad) \w)"
)


def meetings(folder: Path) -> Iterator[Conversation]:
    """Those of AMI and ICSI, told by the roles that stand for the speakers; committees of parliaments are left out."""
    for meeting in chain.from_iterable(map(conversations, sorted(folder.glob("*.jsonl.gz")))):
        if all(ROLES.fullmatch(speaker) for speaker, _ in meeting.turns):
            yield meeting


def main() -> None:
    """Build and write the three."""
    changelog, qmsum = map(Path, sys.argv[1:])
    built = [build_reference(conversations(changelog), recipe) for recipe in RECIPES]
    built.append(build_reference(meetings(qmsum), MEETING))
    OUT.mkdir(exist_ok=True)
    for reference in built:
        (OUT / f"{reference.name}.json").write_text(reference.model_dump_json() + "\n", "utf-8")
        print(f"{reference.name}: {reference.conversations} conversations, {reference.windows} windows")


if __name__ == "__main__":
    main()
