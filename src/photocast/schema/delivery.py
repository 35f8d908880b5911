"""The words for how something is said: sounds and manners, by names that no engine owns."""

import re

SOUNDS = {
    "applause": "applause clap claps clapping applauds",
    "beat": "beat pause pauses pausing silence",
    "cheer": "cheer cheers cheering",
    "chuckle": "chuckle chuckles chuckling",
    "cough": "cough coughs coughing",
    "gasp": "gasp gasps gasping",
    "giggle": "giggle giggles giggling",
    "groan": "groan groans groaning",
    "hum": "hum hums humming",
    "laugh": "laugh laughs laughing laughter laugher",
    "music": "music song jingle",
    "sigh": "sigh sighs sighing",
    "sing": "sing sings singing",
    "sniff": "sniff sniffs sniffing",
    "snort": "snort snorts snorting",
    "whistle": "whistle whistles whistling",
    "yawn": "yawn yawns yawning",
}
"""Words that name a sound, by the name that `Delivery.events` gives it; `beat` is a moment of silence."""

MANNERS = {
    "angry": "angry angrily annoyed irritated cross furious",
    "curious": "curious curiously intrigued inquisitive",
    "dry": "dry dryly drily deadpan wry wryly sarcastic sarcastically ironic ironically",
    "excited": "excited excitedly excitement thrilled enthusiastic enthusiastically eager eagerly",
    "fast": "fast faster quick quickly rapid rapidly rushed hurried hurriedly",
    "happy": "happy happily cheerful cheerfully joyful joyfully delighted delightedly",
    "hesitant": "hesitant hesitantly hesitates hesitating uncertain uncertainly unsure doubtful doubtfully",
    "laughing": "laugh laughs laughing laughter laughingly chuckling giggling",
    "loud": "loud loudly louder shout shouts shouting shouted yell yells yelling",
    "quiet": "quiet quietly quieter soft softly hushed low murmurs murmuring mutters muttering",
    "sad": "sad sadly sorrowful sorrowfully wistful wistfully mournful tearful tearfully",
    "serious": "serious seriously grave gravely solemn solemnly",
    "slow": "slow slowly slower measured unhurried deliberate deliberately",
    "surprised": "surprised surprise astonished amazed shocked startled",
    "teasing": "teasing teasingly playful playfully mock mockingly mischievous mischievously",
    "tired": "tired tiredly weary wearily sleepy sleepily",
    "warm": "warm warmly tender tenderly gentle gently kind kindly fond fondly",
    "whispering": "whisper whispers whispering whispered",
}
"""Words that name a manner, by the name that engines are told."""

_SOUND_OF = {word: sound for sound, words in SOUNDS.items() for word in words.split()}
_MANNER_OF = {word: manner for manner, words in MANNERS.items() for word in words.split()}
_BESIDE = frozenset(
    {"a", "an", "and", "in", "with", "of", "bit", "little", "more", "very", "rather", "quite", "almost", "slightly"}
    | {"suddenly", "voice", "tone", "then", "sounding"}
)
"""Words that stand beside the name of a manner and change nothing: `in a very quiet voice`."""
_DENIES = frozenset({"no", "not", "never", "without", "less", "hardly", "longer", "isn't"})
_MOST_WORDS = 6


def sound_of(text: str) -> str | None:
    """The sound that a direction names, or none: `laughs softly` is a `laugh`."""
    words = re.findall(r"[a-z]+", text.lower())
    return next((_SOUND_OF[word] for word in words if word in _SOUND_OF), None) if len(words) <= _MOST_WORDS else None


def manner_of(text: str) -> str | None:
    """The manner that a few words name, or none: `in a whisper` is `whispering`, `not excited` is none."""
    words = _words(text)
    if len(words) > _MOST_WORDS or _DENIES & set(words):
        return None
    return next((_MANNER_OF[word] for word in words if word in _MANNER_OF), None)


def names_only_a_manner(text: str) -> bool:
    """Whether words say nothing but a manner: `very quietly` does, `fast food` does not."""
    words = _words(text)
    return manner_of(text) is not None and all(word in _MANNER_OF or word in _BESIDE for word in words)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_][\w’']*", text.lower().replace("’", "'"))
