"""Rules on which episodes are used: named, counted, and put together to sets in TOML files."""

from photocast.corpus.rules.known import ON_FACTS, ON_TALK, RULES
from photocast.corpus.rules.rule import Broken, Talk, facts_of_talk
from photocast.corpus.rules.sets import SHIPPED, AllOf, Chosen, RuleSet, early_of, rule_set

__all__ = [
    "ON_FACTS",
    "ON_TALK",
    "RULES",
    "SHIPPED",
    "AllOf",
    "Broken",
    "Chosen",
    "RuleSet",
    "Talk",
    "early_of",
    "facts_of_talk",
    "rule_set",
]
