"""All rules by their names."""

from photocast.corpus.rules import on_facts, on_speakers, on_words
from photocast.corpus.rules.rule import Rule

ON_FACTS: dict[str, Rule] = {
    "diarized": on_facts.diarized,
    "main_speakers": on_facts.main_speakers,
    "roles": on_facts.roles,
    "stated_language": on_facts.stated_language,
    "duration": on_facts.duration,
    "not_explicit": on_facts.not_explicit,
}
"""They are applied before any talk is read, and before the others."""
ON_TALK: dict[str, Rule] = {
    "length": on_speakers.length,
    "turns": on_speakers.turns,
    "main_voices": on_speakers.main_voices,
    "roles_heard": on_speakers.roles_heard,
    "bystanders": on_speakers.bystanders,
    "monologue": on_speakers.monologue,
    "published": on_speakers.published,
    "spoken_language": on_words.spoken_language,
    "punctuation": on_words.punctuation,
    "inaudible": on_words.inaudible,
    "plausible_words": on_words.plausible_words,
    "repetition": on_words.repetition,
    "adverts": on_words.adverts,
}
RULES = ON_FACTS | ON_TALK
