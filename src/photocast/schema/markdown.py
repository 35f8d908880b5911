"""The script as Markdown that a person edits by hand, and back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from photocast.schema.directions import fold
from photocast.schema.errors import TranscriptError
from photocast.schema.script import Claim, Script, Speaker, Turn

_TITLE = re.compile(r"#\s+(?P<title>.+)")
_MEMBER = re.compile(r"[-*]\s+\*\*(?P<name>(?:\\.|[^*\\])+)\*\*(?:\s*[:,–—]\s*(?P<character>.*))?")
_TURN = re.compile(r"\*\*(?P<name>(?:\\.|[^*\\])+?)\s*(?::\*\*|\*\*\s*:)\s*(?P<text>.*)")
_BARE = re.compile(r"(?P<name>[^:*]{1,60}?)\s*:\s*(?P<text>.*)")
_COMMENT = re.compile(r"(?<!\\)<!--(.*?)-->")
_ANCHOR = re.compile(r"\s*(?P<id>t\d{3,})(?P<photos>(?:\s+p\d{2,3})*)(?P<locked>\s+locked)?\s*")
_LOOKS_LIKE_ANCHOR = re.compile(r"\s*t\d+\b")
_RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,})")


@dataclass(frozen=True, slots=True)
class _Anchor:
    """What the comment behind a turn says."""

    id: str
    photos: tuple[str, ...]
    locked: bool


@dataclass(slots=True)
class _Edited:
    """A turn as it stands in the file."""

    line: int
    speaker: str
    manner: str | None
    text: str
    anchors: list[_Anchor] = field(default_factory=list)


def print_markdown(script: Script) -> str:
    """The script as `script.md`: title, disclosure, cast, then a paragraph for each turn.

    Behind each turn stands a comment such as `<!-- t004 p02 p03 -->`: the id of the turn and its photos, and
    `locked` where the user locked it. Texts are written as they are, white space folded; only `<!--` in a text is
    set after a backslash.
    """
    disclosure = script.provenance.disclosure if script.provenance else ""
    head = [f"# {fold(script.title)}"] if fold(script.title) else []
    head += [f"> {fold(disclosure)}"] if fold(disclosure) else []
    head += ["\n".join(_member(speaker) for speaker in script.speakers), "---"]
    return "\n\n".join([*head, *(_paragraph(turn) for turn in script.turns)]) + "\n"


def parse_markdown(text: str, *, base: Script) -> Script:
    """Read a `script.md` that was edited by hand, with `base` as the script it was printed from.

    The file decides on the title, the cast and its characters, the turns, their order, speakers, texts, manners,
    photos and locks. From `base` come, for each turn, whatever the file does not show: a turn is found again by its
    anchor, or without one by its text; otherwise it is new and gets a free id. A turn that says what it said keeps
    everything; a changed text keeps those claims whose words still occur in it. Where an anchor occurs twice, the
    turn with the unchanged text (else the first) keeps the id, and the copy gets a new one. Two anchors behind one
    turn, left when two turns are joined, both count. A line without a name goes on with the turn above it. Comments
    that are no anchors, quoted lines and rules are not spoken.

    Raises:
        TranscriptError: naming the line and what to do; nothing is guessed.
    """
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    title, speakers, start = _read_head(lines, base)
    edited = _read_turns(lines, start, [speaker.name for speaker in speakers])
    if not edited:
        raise TranscriptError(
            "The script has no turns",
            f"up to line {len(lines)}, the last, none begins with a name in bold, like **{speakers[0].name}:**",
            "Write at least one turn, or restore the file from script.json",
        )
    return Script(
        title=title,
        speakers=speakers,
        turns=_reunite(edited, base),
        language=base.language,
        provenance=base.provenance,
    )


def _member(speaker: Speaker) -> str:
    character = f": {fold(speaker.character)}" if speaker.character and fold(speaker.character) else ""
    return f"- **{_escape(speaker.name)}**{character}"


def _paragraph(turn: Turn) -> str:
    manner = f" ({turn.delivery.manner})" if _is_plain(turn.delivery.manner) else ""
    anchor = " ".join([turn.id, *turn.photos, *(["locked"] if turn.locked else [])])
    return f"**{_escape(turn.speaker)}{manner}:** {fold(turn.text).replace('<!--', chr(92) + '<!--')} <!-- {anchor} -->"


def _is_plain(manner: str | None) -> bool:
    return bool(manner) and re.fullmatch(r"[^\W\d_][\w',-]*(?: [\w',-]+)*", manner or "") is not None


def _escape(name: str) -> str:
    return re.sub(r"([\\*])", r"\\\1", fold(name))


def _unescape(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name).strip()


def _read_head(lines: Sequence[str], base: Script) -> tuple[str, tuple[Speaker, ...], int]:
    """Title, cast, and the index of the line where the turns begin."""
    title: str | None = None
    cast: dict[str, Speaker] = {}
    known = {fold(speaker.name): speaker for speaker in base.speakers}
    for at, raw in enumerate(lines):
        line = raw.strip()
        heading, member = _TITLE.fullmatch(line), _MEMBER.fullmatch(line)
        if heading and title is None:
            title = heading["title"].strip()
        elif member:
            speaker = _speaker(_unescape(member["name"]), member["character"], known)
            if speaker.name in cast:
                raise _error(at, f"{speaker.name} is in the cast twice", "Delete one of the two lines, or rename it")
            cast[speaker.name] = speaker
        elif line and not (line.startswith((">", "<!--")) or _RULE.fullmatch(line)):
            break
    else:
        at = len(lines)
    speakers = tuple(cast.values()) or base.speakers
    same_title = title is None or title == fold(base.title)
    return base.title if same_title or title is None else title, speakers, at


def _speaker(name: str, character: str | None, known: dict[str, Speaker]) -> Speaker:
    old = known.get(name)
    new = (character or "").strip() or None
    if old is None:
        return Speaker(name=name, character=new)
    unchanged = fold(old.character or "") == fold(new or "")
    return old if unchanged else old.model_copy(update={"character": new})


def _read_turns(lines: Sequence[str], start: int, cast: Sequence[str]) -> list[_Edited]:
    turns: list[_Edited] = []
    names = {fold(name): name for name in cast}
    for at in range(start, len(lines)):
        line, anchors = _without_comments(lines[at].strip(), at)
        label = _label(line, at, names)
        if label:
            turns.append(label)
        elif line.startswith("#"):
            raise _error(at, "a heading stands among the turns", "Delete it, or make its words part of a turn")
        elif _RULE.fullmatch(line) or line.startswith(">"):
            continue
        elif not turns and (line or anchors):
            raise _error(at, "nobody says this line", f"Begin it with a name, like **{cast[0]}:**, or delete it")
        elif line:
            turns[-1].text += " " + line
        if turns:
            turns[-1].anchors += anchors
    for turn in turns:
        turn.text = fold(turn.text).replace("\\<!--", "<!--")
        if not turn.text:
            raise _error(turn.line, f"{turn.speaker} says nothing", "Write words behind the name, or delete the line")
    return turns


def _without_comments(line: str, at: int) -> tuple[str, list[_Anchor]]:
    anchors = []
    for inside in _COMMENT.findall(line):
        anchor = _ANCHOR.fullmatch(inside)
        if anchor:
            anchors.append(
                _Anchor(anchor["id"], tuple(dict.fromkeys(anchor["photos"].split())), bool(anchor["locked"]))
            )
        elif _LOOKS_LIKE_ANCHOR.match(inside):
            raise _error(
                at,
                f"the comment <!--{inside}--> is not a turn and its photos",
                "Write it like <!-- t004 p02 p03 -->, or delete it",
            )
    rest = _COMMENT.sub(" ", line)
    if re.search(r"(?<!\\)<!--", rest):
        raise _error(at, "a comment begins that does not end on this line", "Close it with -->, or delete it")
    return rest.strip(), anchors


def _label(line: str, at: int, names: dict[str, str]) -> _Edited | None:
    """The turn that a line begins: any name in bold, or a name of the cast without."""
    bold, bare = _TURN.fullmatch(line), _BARE.fullmatch(line)
    if bold:
        head = _unescape(bold["name"])
        name, manner = (head, None) if head in names else _manner_apart(head)
        if name not in names:
            raise _error(
                at,
                f"{name} is not in the cast ({', '.join(names.values())})",
                f"Correct the name, or add a line to the cast: - **{name}**",
            )
        return _Edited(at, names[name], manner, bold["text"])
    if bare:
        name, manner = _manner_apart(bare["name"].strip())
        return _Edited(at, names[name], manner, bare["text"]) if name in names else None
    return None


def _manner_apart(head: str) -> tuple[str, str | None]:
    match = re.fullmatch(r"(.+?)\s*\(([^()]+)\)", head)
    return (match[1], match[2].strip()) if match else (head, None)


def _reunite(edited: Sequence[_Edited], base: Script) -> tuple[Turn, ...]:
    """Give each edited turn its id and what `base` knows of it."""
    old = {turn.id: turn for turn in base.turns}
    owners = _owners(edited, old)
    highest = max(int(turn_id[1:]) for turn_id in old)
    turns: list[Turn] = []
    for at, turn in enumerate(edited):
        before = owners.get(at)
        if before is None:
            highest += 1
        sources = [before] if before else []
        sources += [old[anchor.id] for anchor in turn.anchors if anchor.id in old and old[anchor.id] is not before]
        turns.append(_turn(turn, before, sources, new_id=f"t{highest:03d}"))
    return tuple(turns)


def _owners(edited: Sequence[_Edited], old: dict[str, Turn]) -> dict[int, Turn]:
    """Which turn of `base` each edited turn continues; each is continued at most once."""
    owners: dict[int, Turn] = {}
    taken: set[str] = set()

    def give(at: int, turn_id: str) -> None:
        if at not in owners and turn_id not in taken:
            owners[at] = old[turn_id]
            taken.add(turn_id)

    anchored = [(at, anchor.id) for at, turn in enumerate(edited) for anchor in turn.anchors if anchor.id in old]
    for at, turn_id in sorted(anchored, key=lambda pair: edited[pair[0]].text != fold(old[pair[1]].text)):
        give(at, turn_id)
    for at, turn in enumerate(edited):
        if not turn.anchors:
            same = [one for one in old.values() if fold(one.text) == turn.text]
            for one in sorted(same, key=lambda one: one.speaker != turn.speaker):
                give(at, one.id)
    return owners


def _turn(edited: _Edited, before: Turn | None, sources: Sequence[Turn], *, new_id: str) -> Turn:
    unchanged = before is not None and fold(before.text) == edited.text
    text = before.text if before and unchanged else edited.text
    claims = before.claims if before and unchanged else _located(sources, text)
    photos = tuple(dict.fromkeys(photo for anchor in edited.anchors for photo in anchor.photos))
    if before and (not edited.anchors or photos == tuple(dict.fromkeys(before.photos))):
        photos = before.photos
    delivery = before.delivery if before else Turn.model_fields["delivery"].get_default()
    if not (before and edited.manner is None and before.delivery.manner and not _is_plain(before.delivery.manner)):
        delivery = delivery.model_copy(update={"manner": edited.manner})
    if not unchanged:
        delivery = delivery.model_copy(update={"emphasis": _still_stressed(before, text)})
    return Turn(
        id=before.id if before else new_id,
        speaker=edited.speaker,
        text=text,
        photos=photos,
        photos_inferred=before is not None and before.photos_inferred and photos == before.photos,
        claims=claims,
        delivery=delivery,
        locked=any(anchor.locked for anchor in edited.anchors) if edited.anchors or not before else before.locked,
    )


def _still_stressed(before: Turn | None, text: str) -> tuple[tuple[int, int], ...]:
    """The stressed words of a turn that an edited text still has, in their order."""
    found: list[tuple[int, int]] = []
    for start, end in before.delivery.emphasis if before else ():
        words = before.text[start:end] if before else ""
        at = text.find(words, found[-1][1] if found else 0)
        if at >= 0:
            found.append((at, at + len(words)))
    return tuple(found)


def _located(sources: Sequence[Turn], text: str) -> tuple[Claim, ...]:
    """The claims of former turns whose words still stand in the text, at their new place."""
    claims: list[Claim] = []
    for turn in sources:
        for claim in turn.claims:
            words = fold(turn.text[claim.start : claim.end])
            places = (
                [match.start() for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)] if words else []
            )
            if places:
                start = min(places, key=lambda place: abs(place - claim.start))
                claims.append(claim.model_copy(update={"start": start, "end": start + len(words)}))
    return tuple(claims)


def _error(at: int, why: str, do: str) -> TranscriptError:
    return TranscriptError("script.md cannot be read", f"line {at + 1}: {why}", do)
