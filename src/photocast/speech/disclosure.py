"""What a listener is told before anything else: that machines speak, and what they made."""

import re
from collections.abc import Mapping

from photocast.schema import Delivery, Script, Turn

_WRITTEN: Mapping[str, str] = {
    "en": "The conversation you are about to hear was made by a machine, and so were its voices.",
    "de": "Das folgende Gespräch hat eine Maschine gemacht, und seine Stimmen auch.",
    "es": "La conversación que van a oír la ha hecho una máquina, y también sus voces.",
    "fr": "La conversation que vous allez entendre a été faite par une machine, et ses voix aussi.",
    "it": "La conversazione che state per ascoltare è fatta da una macchina, e così le sue voci.",
    "nl": "Het gesprek dat u gaat horen is door een machine gemaakt, en de stemmen ook.",
    "pt": "A conversa que vão ouvir foi feita por uma máquina, e as vozes também.",
}
_READ: Mapping[str, str] = {
    "en": "The voices you are about to hear are made by a machine.",
    "de": "Die folgenden Stimmen hat eine Maschine gemacht.",
    "es": "Las voces que van a oír las ha hecho una máquina.",
    "fr": "Les voix que vous allez entendre sont faites par une machine.",
    "it": "Le voci che state per ascoltare sono fatte da una macchina.",
    "nl": "De stemmen die u gaat horen zijn door een machine gemaakt.",
    "pt": "As vozes que vão ouvir foram feitas por uma máquina.",
}
"""By language: of a script that a machine wrote, and of one that it only reads."""
_PAUSE_MS = 700
_TOGETHER = 3
"""Turns over which a disclosure may be spread: `What are we?` - `A machine.`"""
_MAKER = r"(?:machines?|AI|A\.I\.|artificial intelligence|computers?|(?:computer )?programs?|software|algorithms?)"
_US = r"(?:we|us|i|me|you|both|yours|ourselves|(?:two|only) voices)"
_SAID = re.compile(
    rf"""
      machine-made | synthetic\s(?:voices?|hosts?)
    | \b{_US}\b [^.?!]{{0,60}} \b(?:made|generated|written|spoken)\s(?:up,?\s)?by\san?\s{_MAKER}\b
    | \b(?:we|i)(?:'re|'m|\sare|\sam)\s(?:only\s|just\s)?(?:an?\s)?(?:{_MAKER}|voices\sin\san?\s{_MAKER})\b
    | \b(?:an?|the)\s{_MAKER}\s(?:(?:that\s)?(?:made|makes|wrote|writes)\s(?:us|me)|says\swhen)\b
    | \b(?:voices?|yours|mine)\b [^!]{{0,40}} \b{_MAKER}\b
    | \b{_US},?\s(?:are|since\swe\sare)\. \s made\sup,\sby\san?\s{_MAKER}\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def says_so(script: Script) -> bool:
    """Whether the speakers of a script say, in English, that a machine made them: then nobody has to say it for them.

    It goes by words, and rather misses one: what is missed is said twice.
    """
    texts = [turn.text.replace("’", "'") for turn in script.turns]
    return any(_SAID.search(" ".join(texts[at : at + _TOGETHER])) for at in range(len(texts)))


def announced(script: Script) -> Script:
    """The script with a first turn that says that a machine speaks, and that it wrote the words if it did.

    It is said in the language of the script, or in English where we do not know it, in the voice that speaks first.
    """
    said = _WRITTEN if script.provenance and script.provenance.machine_made else _READ
    text = said.get(script.language.partition("-")[0].lower(), said["en"])
    first, *others = script.turns
    opening = Turn(id=_free_id(script), speaker=first.speaker, text=text)
    delivery = first.delivery
    if delivery.pause_before_ms is None and delivery.overlap_ms is None:
        delivery = Delivery.model_validate(delivery.model_dump() | {"pause_before_ms": _PAUSE_MS})
    after = first.model_copy(update={"delivery": delivery})
    return script.model_copy(update={"turns": (opening, after, *others)})


def _free_id(script: Script) -> str:
    taken = {turn.id for turn in script.turns}
    return next(name for number in range(len(taken) + 1) if (name := f"t{number:03d}") not in taken)
