"""Reading transcripts: whatever form the labels have, a `Script` comes out, or an error that says where and why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from photocast.schema.directions import Speech, direction_on_its_own, fold, read_speech
from photocast.schema.errors import TranscriptError
from photocast.schema.labels import SECTIONS, Label, find_labels, is_role
from photocast.schema.script import Delivery, Script, Speaker, Turn
from photocast.schema.ssml import script_of, speaks_for_itself

LONGEST_REMARK = 80
"""Words that may stand before the first label or below a rule after the last turn: a title, a greeting from the model,
a closing note. More is somebody talking."""

_HEADING = re.compile(r"(?P<level>#{1,6})\s+(?P<title>.+)")
_BOLD_LINE = re.compile(r"(\*\*|__)(?P<title>[^*_\[(].*?)\1")
_TITLE_LINE = re.compile(r"(?:podcast |episode )?(?:transcript|script|title)\s*[:：]\s*(?P<title>.+)", re.IGNORECASE)
_RULE = re.compile(r"\s*(?:={3,}|-{3,}|_{3,}|\*{3,}|(?:[-*_] ){2,}[-*_]|```.*|~~~.*|<!--.*-->)\s*")
_CUE = re.compile(r"\s*(?:\d+:)?\d{2}:\d{2}[.,]\d{3}\s+-->.*|\s*WEBVTT.*")
_HEADER_RULE = re.compile(r"\s*={4,}\s*")
UNTITLED = "Untitled conversation"
"""Title of a transcript that has none."""


@dataclass(slots=True)
class _Block:
    """A label and everything up to the next one."""

    label: Label
    parts: list[str] = field(default_factory=list)
    directions: list[Speech] = field(default_factory=list)
    trailing: list[Speech] = field(default_factory=list)
    """Directions after the last words: they belong to what follows."""


def parse_transcript(text: str, *, title: str | None = None) -> Script:
    """Read a transcript in any of the forms that people and models write.

    Labels: `Speaker 1: text`, a label alone on its line with the text below, `**Host 1 (Alex):**`, `**Alex**:`,
    `[Alex]`, `[Alex]: text`, `Alex (laughing): text`, `## Speaker 1`, with `:` or `：`, after a bullet, a number or a
    time mark, also in subtitles. Which lines are labels is decided over the whole file (`labels.find_labels`). Lines
    below a label belong to its turn and are put together into one paragraph; two labels of one speaker in a row stay
    two turns.

    Not spoken, and therefore not in any text: what stands before the first label (a heading, a line in bold and
    `Title:` give the title), header lines above a row of `====`, headings, rules, code fences and comments, and a
    remark below a rule after the last turn.
    Directions become `Delivery.manner` or `Delivery.events`: those before and between the words of a turn are that
    turn's, those on a line of their own after its last words are the next turn's. A turn of nothing but directions
    leaves its sounds to the next turn. Directions after the last turn, time marks and `[unintelligible]` are dropped.

    SSML, as a whole with a `<voice name="Maya">` for every turn or as tags inside of turns, is read as what it says:
    words, manners, stress, and breaks before a turn (`ssml.script_of`).

    Args:
        text: the transcript; a byte order mark and any line ends are allowed.
        title: used instead of the title found in the text.

    Raises:
        TranscriptError: no speaker can be found, or a speaker but no words; the message names the line. Or it is SSML
            that defines entities, or in which nobody says some of the words.
    """
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if speaks_for_itself(text):
        return script_of(text, title=title or UNTITLED)
    found, body = _without_structure(lines)
    labels = find_labels(body)
    labels = {at: label for at, label in labels.items() if label.literal or not _is_section(label, labels)}
    _check_beginning(body, labels)
    turns = _turns(_blocks(body, labels))
    if not turns:
        at = min(labels)
        raise TranscriptError(
            "The transcript has no words",
            f"line {at + 1} names {labels[at].name}, but no words follow it or any other label",
            "Write what is said after each name",
        )
    cast = dict.fromkeys(turn.speaker for turn in turns)
    return Script(
        title=title or found or _title_before(body, min(labels)) or UNTITLED,
        speakers=tuple(Speaker(name=name) for name in cast),
        turns=tuple(turns),
    )


def _without_structure(lines: Sequence[str]) -> tuple[str | None, list[str]]:
    """The title, and the lines with those blanked that hold no speech; line numbers stay as they are."""
    quoted = all(line.lstrip().startswith(">") for line in lines if line.strip())
    body = [re.sub(r"^\s*>\s?", "", line) for line in lines] if quoted else list(lines)
    title = _blank_header(body)
    _blank_cues(body)
    _blank_what_follows_the_last_rule(body)
    for at, line in enumerate(body):
        heading = _HEADING.fullmatch(line.strip())
        if heading and heading["level"] != "#" and is_role(heading["title"]):
            body[at] = heading["title"].rstrip(":： ") + ":"
        elif heading:
            title = title or fold(heading["title"])
            body[at] = ""
        elif _RULE.fullmatch(line):
            body[at] = ""
    return title, body


def _blank_cues(lines: list[str]) -> None:
    """Blank the times of subtitles and the numbers above them."""
    for at, line in enumerate(lines):
        if _CUE.fullmatch(line):
            lines[at] = ""
            if at and lines[at - 1].strip().isdigit():
                lines[at - 1] = ""


def _blank_what_follows_the_last_rule(lines: list[str]) -> None:
    """Blank a closing remark: a few words below the last rule, when nobody talks there any more."""
    rules = [at for at, line in enumerate(lines) if _RULE.fullmatch(line) and not line.lstrip().startswith("<!--")]
    labels = find_labels(lines)
    if not rules or not labels or rules[-1] < max(labels):
        return
    if sum(len(line.split()) for line in lines[rules[-1] :]) <= LONGEST_REMARK:
        lines[rules[-1] :] = [""] * (len(lines) - rules[-1])


def _blank_header(lines: list[str]) -> str | None:
    """Blank the lines above a row of `====`, unless people already talk there; return a title set with such a row."""
    row = next((at for at, line in enumerate(lines) if _HEADER_RULE.fullmatch(line)), None)
    if row is None:
        return None
    above = find_labels(lines[:row])
    below = {label.name.casefold() for label in find_labels(lines[row + 1 :]).values()}
    if any(label.name.casefold() in below for label in above.values()) or (above and not below):
        return None
    header = [line.strip() for line in lines[:row] if line.strip()]
    lines[:row] = [""] * row
    if len(header) == 1:
        return fold(header[0].lstrip("# "))
    return next((fold(match["title"]) for line in header if (match := _TITLE_LINE.fullmatch(line))), None)


def _is_section(label: Label, labels: dict[int, Label]) -> bool:
    """Whether a label marks a break or a piece of music, and never has words behind it on its line."""
    name = label.name.casefold()
    return name in SECTIONS and not any(
        read_speech(other.rest).words for other in labels.values() if other.name.casefold() == name
    )


def _check_beginning(body: Sequence[str], labels: dict[int, Label]) -> None:
    written = [at for at, line in enumerate(body) if line.strip()]
    if not written:
        raise TranscriptError("The transcript is empty", "line 1 and all after it hold no text", "Give a transcript")
    if not labels:
        raise TranscriptError(
            "No speaker can be found in the transcript",
            f"line {written[0] + 1}, {_excerpt(body[written[0]])}, does not begin with a name and a colon, and no "
            "name recurs before a colon further down",
            "Start each turn with the name of its speaker, for example `Speaker 1: …`",
        )
    first = min(labels)
    words = sum(len(line.split()) for line in body[:first])
    if words > LONGEST_REMARK:
        raise TranscriptError(
            "The transcript begins without a speaker",
            f"{words} words from line {written[0] + 1} on stand before the first name, {labels[first].name} in line "
            f"{first + 1}",
            "Write who says them, or delete them",
        )


def _blocks(body: Sequence[str], labels: dict[int, Label]) -> list[_Block]:
    blocks: list[_Block] = []
    for at in range(min(labels), len(body)):
        if at in labels:
            blocks.append(_Block(labels[at], [labels[at].rest]))
            continue
        direction = direction_on_its_own(body[at]) if body[at].strip() else None
        if direction:
            blocks[-1].trailing.append(direction)
        elif body[at].strip() and not _is_section_line(body[at]):
            block = blocks[-1]
            block.directions += block.trailing
            block.trailing = []
            block.parts.append(body[at])
    return blocks


def _is_section_line(line: str) -> bool:
    bare = re.sub(r"\\?\[[^\[\]]*\]", "", line).strip(" *_:：").casefold()
    return line.strip().startswith(("**", "__")) and bare in SECTIONS


def _turns(blocks: Sequence[_Block]) -> list[Turn]:
    turns: list[Turn] = []
    inherited: list[Speech] = []
    for block in blocks:
        speech = read_speech(" ".join(block.parts))
        directions = [*inherited, *block.directions, speech]
        if not speech.words:
            inherited = [*directions, *block.trailing]
            continue
        manner = block.label.manner or next((one.manner for one in reversed(directions) if one.manner), None)
        events = tuple(event for one in directions for event in one.events)
        delivery = Delivery(manner=manner, events=events, pause_before_ms=speech.pause_ms, emphasis=speech.emphasis)
        turns.append(Turn(id=f"t{len(turns) + 1:03d}", speaker=block.label.name, text=speech.words, delivery=delivery))
        inherited = block.trailing
    return turns


def _title_before(body: Sequence[str], first_label: int) -> str | None:
    """The title among the lines before the first label: a line in bold, or one that says it is the title."""
    for line in body[:first_label]:
        bold = _BOLD_LINE.fullmatch(line.strip())
        bare = bold["title"] if bold else line.strip()
        named = _TITLE_LINE.fullmatch(bare)
        if bold or named:
            return fold(named["title"] if named else bare).strip('"“”*_ ')
    return None


def _excerpt(line: str) -> str:
    text = fold(line)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
