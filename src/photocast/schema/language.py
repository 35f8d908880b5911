"""Which language a text is in, told by its smallest words: enough to notice an answer in the wrong one."""

import re
from collections import Counter

_SMALL = {
    "en": "the and is of to in that it you was for on are with they have this not but what be at so there",
    "de": "der die und ist das nicht ein eine ich du es wir mit auf den dem von zu sie was auch da noch schon",
    "fr": "le la les et est des un une je tu il nous vous pas que qui dans pour sur avec ce ça mais on du",
    "es": "el la los las y es de un una que no en se lo por con para está pero más muy qué al del como",
    "it": "il la gli le e è di un una che non in si per con ma più questo sono come della del anche lo ho",
    "pt": "o a os as e é de um uma que não em se por com para mas mais como do da no na isso está eu",
    "nl": "de het een en is van dat niet ik je we ze met op in te zijn was er maar ook nog wat hier naar",
    "ca": "el la els les i és de un una que no en es per amb però més molt què hi ha del com als dels aquest va",
    "pl": "i w na nie się to że z do jest jak ale tak co po za od już tam był była było czy dla tylko jeszcze o a",
}
_WORDS = {
    word: tuple(language for language, words in _SMALL.items() if word in words.split())
    for word in {word for words in _SMALL.values() for word in words.split()}
}
"""The languages of each of the small words."""
_SCRIPTS = (
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
_ENOUGH = 40
"""Words, or letters of a script without spaces, below which nothing is decided."""
_CLEAR = 1.5
"""How many times as often the small words of one language have to come as those of the next."""
_KNOWN = frozenset(_SMALL) | {language for language, _ in _SCRIPTS}


def spoken_language(text: str) -> str | None:
    """The language of a text as its ISO 639-1 code, or none when it cannot be told: too short, or another language.

    Told apart: English, German, French, Spanish, Italian, Portuguese, Dutch, Catalan and Polish by their small words;
    Chinese, Japanese, Korean, Russian, Arabic and Hindi by their letters. A language that shares its letters with one
    of the latter is taken for it, as Ukrainian is for Russian.
    """
    found = [(language, pattern) for language, pattern in _SCRIPTS if pattern.search(text)]
    letters = len(re.findall(r"[^\W\d_]", text)) if found else 0
    for language, pattern in found if letters >= _ENOUGH else ():
        # Japanese is told by its kana, which stand among characters that Chinese has too.
        if language == "zh" and _SCRIPTS[1][1].search(text):
            return "ja"
        if len(pattern.findall(text)) > 0.3 * letters:
            return language
    words = re.findall(r"[^\W\d_]+", text.casefold())
    if len(words) < _ENOUGH:
        return None
    counts = Counter(dict.fromkeys(_SMALL, 0))
    for word in words:
        for language in _WORDS.get(word, ()):
            counts[language] += 1
    (best, most), (_, next_most) = counts.most_common(2)
    return best if most >= 0.1 * len(words) and most > _CLEAR * next_most else None


def other_language(text: str, asked: str) -> str | None:
    """The language of a text when it is surely not the one that was asked for; none when it is, or may be.

    A language that is not told apart resembles others, as Galician does Portuguese and Ukrainian Russian: where such a
    one was asked for, English alone is surely another.

    Args:
        text: what is said.
        asked: code of the language, also with a region as in `pt-BR`.
    """
    asked = asked.partition("-")[0].lower()
    spoken = spoken_language(text)
    if spoken is None or spoken == asked or (asked not in _KNOWN and spoken != "en"):
        return None
    return spoken
