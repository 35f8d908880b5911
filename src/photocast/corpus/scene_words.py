"""Words in the prompt of a picture that say that it cannot be used. They are English."""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


WRITING = _any(
    r"[\"“”«»][^\"“”«»]*\w[^\"“”«»]*[\"“”«»]",
    r"(?<!\w)[‘'](?=\w)[^‘’']*\w[’'](?!\w)",
    r"\b(?:captions?|captioned|logos?|slogans?|headlines?|subtitles?|watermarks?|inscriptions?|inscribed|lettering)\b",
    r"\b(?:typography|infographics?|signage|signposts?|billboards?|placards?|graffiti|speech bubbles?)\b",
    r"\b(?:labels?|labell?ed|titled|typed|printed (?:words|text)|handwritten|handwriting)\b",
    r"\b(?:text|words?) (?:on|across|in|at|over|under|above|below|that)\b|\bwriting on (?:the|a|an|its) \w+\b",
    r"\b(?:painted|carved|glowing|big|large|bold|red|white|black|gold|golden|neon) (?:letters|numbers|words)\b",
    r"\b(?:a|an|the|with|some|no|any|overlaid|visible|readable|legible) (?:text|words)\b",
    r"\b(?:that|which|it|sign|board|poster|screen|note|shirt|cover|card|plaque) (?:reads|says|saying)\b",
    r"\b(?:board|poster|screen|plaque|note) reading\b",
    r"\bsigns?\b(?! of\b| (?:an?|the|some|his|her|their) | (?:papers|documents|autographs|books)\b)",
)
"""It asks for something to be read."""

TELLING = _any(
    r"\bpod ?cast(?:s|er|ers|ing)?\b",
    r"\b(?:co-?|radio |talk[- ]show |tv )hosts?\b|\bhosts? (?:talk|speak|chat|sit|laugh|discuss)\w*\b",
    r"(?<!job )\binterview(?:s|er|ers|ee|ees|ing|ed)?\b|\bnarrators?\b|\bspeaker [a-z]\b|\blisteners?\b",
    r"\b(?:recording|radio|sound|broadcast) (?:studio|booth|session)s?\b",
    r"\b(?:talk|speak|chat|sit|lean|gather|laugh)\w*(?: \w+){0,4} "
    r"(?:in|into|at|behind|around|near|with|to|before|beside)(?: \w+){0,2} (?:mics?|microphones?)\b",
    r"\b(?:two|three|several|some|a couple of|both)(?: \w+){0,2} (?:people|men|women|friends|persons|speakers|adults|"
    r"guys|hosts|guests|figures)(?: \w+){0,2} (?:talking|chatting|conversing|in conversation|having a conversation)"
    r"(?: (?:to|with) (?:each other|one another))?\W*$",
    r"\bthe (?:talk|conversation|transcript|excerpt|dialogue|story|anecdote)\b|\bturns? \d+\b",
)
"""It shows the telling instead of what is told."""

UNSEEN = _any(
    r"\bsymboli[sz]\w*|\bmetaphor\w*|\brepresent(?:s|ing|ation|ations)\b|\bconcept of\b|\bidea of\b|\bfeeling of\b",
    r"\bsense of\b|\bnotion of\b|\bembod(?:y|ies|ying)\b|\babstract\b",
    r"\bcollages?\b|\bmontages?\b|\bsplit[- ]screens?\b|\bdiptych\b|\btriptych\b",
    r"\bside[- ]by[- ]side (?:image|photo)s?\b",
    r"\bcartoons?\b|\billustrations?\b|\banime\b|\bdiagrams?\b|\bflow ?charts?\b|\bclip ?art\b|\bpie charts?\b",
    r"\bbefore and after\b|\bthought bubbles?\b|\binside (?:his|her|their) (?:mind|head)\b",
)
"""No camera sees it, or it is no photograph."""

BRANDS = _any(
    r"\b(?:adidas|airbnb|airpods?|budweiser|burger king|chevrolet|chevy|coca[- ]cola|costco|disney\w*|"
    r"doritos|dunkin|facebook|fedex|ferrari|fortnite|google|gucci|harley(?:[- ]davidson)?|heineken|hello kitty|honda|"
    r"hyundai|ikea|imacs?|instagram|ipads?|iphones?|ipods?|jedi|kfc|lamborghini|lego|lexus|linkedin|louis vuitton|"
    r"macbooks?|marlboro|mcdonald['’]?s|mercedes|mickey mouse|microsoft|minecraft|netflix|nike|nintendo|nissan|nutella|"
    r"oreos?|patagonia jacket|paypal|pepsi|playstation|pok[eé]mon|porsche|prada|reddit|rolex|samsung|snapchat|"
    r"spider-?man|spotify|starbucks|star wars|subaru|superman|tesla|tiktok|toyota|tupperware|twitter|uber|"
    r"volkswagen|volvo|walmart|whatsapp|xbox|youtube|batman|barbie dolls?|harry potter|hogwarts|kleenex|yoda)\b"
)
"""Firms, products and characters that are known by these words however they are written."""
