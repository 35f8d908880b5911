"""Who talks: hosts with different characters, chosen by the seed or named by the user."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random

from photocast.schema import Brief, Host, Speaker

_DRY = ("dry", "doubt", "scept", "skept", "grump", "tired", "calm", "quiet", "serious", "precise", "sober", "cynic")
_HINTS = {
    "hungry": ("food", "eat", "hungry", "cook", "lunch"),
    "home": ("home", "lazy", "sofa", "stay"),
    "counting": ("count", "number", "precise", "maths", "math"),
    "order": ("order", "tidy", "plan", "neat"),
    "romance": ("story", "roman", "dream", "warm", "poet"),
    "repairs": ("repair", "engineer", "mend", "fix", "build", "tool"),
    "evidence": ("evidence", "scien", "proof", "scept", "skept", "doubt", "lawyer"),
    "bets": ("bet", "gambl", "compet", "game"),
    "weather": ("weather", "outdoor", "sail", "garden"),
    "tired": ("tired", "sleep", "night"),
    "names": ("name", "play", "child", "imagin"),
    "prices": ("price", "money", "cheap", "business", "cost"),
}


@dataclass(frozen=True, slots=True)
class Member:
    """One host of the cast."""

    name: str
    side: str
    """`keen` brings things up, `dry` doubts them."""
    trait: str
    character: str

    def speaker(self) -> Speaker:
        """As the script lists them."""
        return Speaker(name=self.name, character=self.character)


@cache
def company() -> tuple[Member, ...]:
    """Everybody who can be cast, from `characters.toml`."""
    text = files("photocast.writing").joinpath("characters.toml").read_text("utf-8")
    return tuple(Member(**entry) for entry in tomllib.loads(text)["character"])


def cast(brief: Brief, rng: Random) -> tuple[Member, ...]:
    """The hosts in order: those the user named, then others; both sides are there, no trait twice."""
    members: list[Member] = []
    for host in brief.cast:
        members.append(_member(host, members, rng))
    while len(members) < max(brief.hosts, len(brief.cast)):
        members.append(_another(members, rng))
    return tuple(members)


def _another(members: Sequence[Member], rng: Random) -> Member:
    side = _missing_side(members) or rng.choice(("keen", "dry"))
    names, traits = {one.name.casefold() for one in members}, {one.trait for one in members}
    free = [one for one in company() if one.name.casefold() not in names and one.trait not in traits]
    return rng.choice([one for one in free if one.side == side] or free)


def _member(host: Host, members: Sequence[Member], rng: Random) -> Member:
    known = next((one for one in company() if (one.name, one.character) == (host.name, host.character)), None)
    if known:
        return known
    words = (host.character or "").casefold()
    dry = any(hint in words for hint in _DRY)
    side = "dry" if dry else "keen" if words else (_missing_side(members) or "keen")
    if len(members) == 1 and members[0].side == side:
        side = "keen" if side == "dry" else "dry"
    taken = {one.trait for one in members}
    hinted = [trait for trait, hints in _HINTS.items() if trait not in taken and any(hint in words for hint in hints)]
    trait = hinted[0] if hinted else rng.choice([trait for trait in _HINTS if trait not in taken])
    standard = next(one.character for one in company() if one.trait == trait)
    return Member(" ".join(host.name.split()), side, trait, host.character or standard)


def _missing_side(members: Sequence[Member]) -> str | None:
    sides = {one.side for one in members}
    return next((side for side in ("keen", "dry") if members and side not in sides), None)


def roles_of(members: Sequence[Member], lead: str | None, answer: str | None, rng: Random) -> Mapping[str, str]:
    """Names of the hosts in the roles of a bit; `lead` and `answer` are chosen when not given."""
    names = [one.name for one in members]
    lead = lead or rng.choice(names)
    others = [name for name in names if name != lead]
    answer = answer if answer and answer != lead else rng.choice(others)
    roles = {"A": lead, "B": answer}
    roles.update(zip("CE", [name for name in others if name != answer], strict=False))
    keen = next((one.name for one in members if one.side == "keen"), lead)
    dry = next((one.name for one in members if one.side == "dry" and one.name != keen), None)
    roles["K"], roles["D"] = keen, dry or next(name for name in names if name != keen)
    return roles
