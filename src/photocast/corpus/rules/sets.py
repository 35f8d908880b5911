"""Rule sets: ordered rules with their parameters, from TOML files."""

import inspect
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import BaseModel, ValidationError, create_model

from photocast.corpus.noise import LISTS_VERSION
from photocast.corpus.nouns import PodcastEpisode
from photocast.corpus.rules.known import ON_FACTS, RULES
from photocast.corpus.rules.on_facts import wrong_number
from photocast.corpus.rules.rule import Judged, Talk, facts_of_talk
from photocast.corpus.sources.source import Early, Facts
from photocast.schema import ConfigError
from photocast.schema.record import Record

SHIPPED = ("strict", "conversation", "paper")
_RULES_VERSION = 1
"""Raised when a rule decides otherwise than before with the same parameters."""


@dataclass(frozen=True)
class Chosen:
    """A rule of a set, with all its parameters."""

    name: str
    parameters: tuple[tuple[str, Any], ...]

    def judge(self, seen: Facts | Talk) -> Judged:
        """What is wrong with it; None where the rule holds."""
        return RULES[self.name](seen, **dict(self.parameters))


@dataclass(frozen=True)
class RuleSet:
    """Rules in their order; the first that does not hold is the reason to drop an episode.

    Those that need facts only come before all that need the talk, whatever their order in the file, so that an episode
    has the same reason whether or not its source drops early. It can be sent to another process, and is an `Early`.
    """

    name: str
    rules: tuple[Chosen, ...]

    @property
    def settings(self) -> Any:
        """All that decisions depend on; the name of the set is not part of it."""
        return [_RULES_VERSION, LISTS_VERSION, [[rule.name, dict(rule.parameters)] for rule in self.rules]]

    def facts(self, facts: Facts) -> str | None:
        """The reason to drop an episode before its talk is read."""
        return _reason(_first(self._on_facts, facts))

    def main_speakers(self, number: int) -> str | None:
        """The reason to drop an episode of so many main speakers. Of none nothing is said: `diarized` knows better."""
        for rule in self._on_facts if number else ():
            if rule.name == "main_speakers":
                return _reason(wrong_number(number, **dict(rule.parameters)))
        return None

    def judge(self, episode: PodcastEpisode) -> Judged:
        """The first rule that does not hold, of all of them."""
        return _first(self._on_facts, facts_of_talk(episode)) or _first(self._on_talk, Talk(episode))

    @property
    def _on_facts(self) -> Sequence[Chosen]:
        return [rule for rule in self.rules if rule.name in ON_FACTS]

    @property
    def _on_talk(self) -> Sequence[Chosen]:
        return [rule for rule in self.rules if rule.name not in ON_FACTS]


@dataclass(frozen=True)
class AllOf:
    """Drops early only what every one of several rule sets drops, so that all of them can be compared on the rest.

    The reason is that of the first. It is an `Early`.
    """

    sets: tuple[RuleSet, ...]

    @property
    def settings(self) -> Any:
        """All that decisions depend on."""
        return [one.settings for one in self.sets]

    def facts(self, facts: Facts) -> str | None:
        """The first set's reason to drop an episode that all of them drop."""
        return _agreed([one.facts(facts) for one in self.sets])

    def main_speakers(self, number: int) -> str | None:
        """The first set's reason to drop an episode that all of them drop."""
        return _agreed([one.main_speakers(number) for one in self.sets])


def early_of(sets: Sequence[RuleSet]) -> Early:
    """What a source may drop early when all these rule sets are applied to the rest."""
    return sets[0] if len(sets) == 1 else AllOf(tuple(sets))


def rule_set(name: str) -> RuleSet:
    """The rule set of a name, or in a TOML file.

        [[rules]]
        rule = "monologue"
        most = 0.8

    Args:
        name: `strict`, `paper`, or the path of a file that ends in `.toml`.

    Raises:
        ConfigError: there is none, or it asks for a rule or a parameter that does not exist or cannot be.
    """
    if name in SHIPPED:
        return _parsed(name, name, (files("photocast.corpus.rules") / f"{name}.toml").read_text("utf-8"))
    if not name.endswith(".toml"):
        do = f"Write one of {', '.join(SHIPPED)}, or the path of a .toml file"
        raise ConfigError(f"there is no rule set {name!r}", f"photocast has {', '.join(SHIPPED)}", do)
    try:
        text = Path(name).expanduser().read_text("utf-8-sig")
    except OSError as error:
        why = (error.strerror or "the system refused").lower()
        raise ConfigError(f"cannot read the rule set {name}", why, "Check the name and who may read it") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"cannot read the rule set {name}", "it is not UTF-8 text", "Save it as UTF-8") from error
    return _parsed(Path(name).stem, name, text)


def _parsed(name: str, place: str, text: str) -> RuleSet:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"cannot read the rule set {place}", f"it is not valid TOML: {error}", "Correct it"
        ) from error
    entries = tables.pop("rules", None)
    if tables or not isinstance(entries, list) or not entries:
        why = f"it has {', '.join(f'`{key}`' for key in tables)} beside them" if tables else "it has none"
        raise ConfigError(f"{place}: a rule set is a list of [[rules]]", why, 'Begin each with `rule = "NAME"`')
    chosen = [_chosen(place, number, entry) for number, entry in enumerate(entries, start=1)]
    _check_once(place, [one.name for one in chosen])
    return RuleSet(name, tuple(chosen))


def _chosen(place: str, number: int, entry: Any) -> Chosen:
    parameters = dict(entry) if isinstance(entry, Mapping) else {}
    name = parameters.pop("rule", None)
    if not isinstance(name, str):
        raise ConfigError(f"{place}: rule {number} has no name", 'it does not say `rule = "NAME"`', "Add it")
    if name not in RULES:
        near = get_close_matches(name, RULES, n=1)
        do = f"Write {near[0]}" if near else "Correct or remove it"
        raise ConfigError(f"{place}: there is no rule `{name}`", f"the rules are {', '.join(RULES)}", do)
    try:
        found = _model_of(name).model_validate(parameters).model_dump()
    except ValidationError as error:
        raise _complaint(place, name, error) from error
    low, high = found.get("least"), found.get("most")
    if low is not None and high is not None and low > high:
        why = f"`least` is {low}, and `most` is {high}"
        raise ConfigError(f"{place}: nothing can hold to `{name}`", why, "Raise the one or lower the other")
    return Chosen(name, tuple(found.items()))


@cache
def _model_of(name: str) -> type[BaseModel]:
    """The parameters of a rule, as its signature has them."""
    hints = get_type_hints(RULES[name], include_extras=True)
    keywords = [one for one in inspect.signature(RULES[name]).parameters.values() if one.kind is one.KEYWORD_ONLY]
    fields: dict[str, Any] = {one.name: (hints[one.name], one.default) for one in keywords}
    return create_model(name, __base__=Record, **fields)


def _complaint(place: str, name: str, error: ValidationError) -> ConfigError:
    first = error.errors()[0]
    key = first["loc"][0]
    if first["type"] == "extra_forbidden":
        known = ", ".join(_model_of(name).model_fields)
        why = f"its parameters are {known}" if known else "it has none"
        return ConfigError(f"{place}: the rule `{name}` has no parameter `{key}`", why, "Correct or remove it")
    why = f"{first['msg'][:1].lower()}{first['msg'][1:]}, and it is {first['input']!r}"
    return ConfigError(f"{place}: `{key}` of the rule `{name}` cannot be used", why, "Correct the value")


def _check_once(place: str, names: Iterable[str]) -> None:
    seen = set[str]()
    for name in names:
        if name in seen:
            why = "the first that does not hold is the reason, so that it would be counted as one"
            raise ConfigError(f"{place}: the rule `{name}` stands there twice", why, "Remove one of them")
        seen.add(name)


def _first(rules: Iterable[Chosen], seen: Facts | Talk) -> Judged:
    return next((broken for rule in rules if (broken := rule.judge(seen))), None)


def _reason(broken: Judged) -> str | None:
    return broken.reason if broken else None


def _agreed(reasons: Sequence[str | None]) -> str | None:
    return reasons[0] if all(reasons) else None
