"""The word lists that figures depend on, in the form of `plain_words`. They are English.

Changing one changes the figures: raise the version with it.
"""

from itertools import product

LEXICON_VERSION = 2


def _list(*lines: str) -> frozenset[str]:
    """The phrases of lines in which commas part them."""
    return frozenset(phrase.strip() for line in lines for phrase in line.split(",") if phrase.strip())


def _all(*parts: str) -> frozenset[str]:
    """Every combination of the words or phrases that the parts list; a lone `-` stands for nothing."""
    choices = [[phrase.strip() for phrase in part.split(",")] for part in parts]
    return frozenset(" ".join(word for word in chosen if word != "-") for chosen in product(*choices))


BACK_CHANNELS = _list(
    "ah, aha, cool, exactly, gosh, ha, haha, heh, hey, hm, hmm, huh, i see, indeed, interesting, mhm, mm, mm-hm",
    "mm-hmm, mmm, nice, no, of course, oh, ok, okay, ooh, really, right, same, sure, totally, true, uh, uh-huh, um",
    "wow, yeah, yep, yes, yup, absolutely, definitely, awesome, great, got it, gotcha, fair, fair enough, good, man",
)
"""What listeners say to show that they follow."""

AGREEMENTS = _list(
    "absolutely, agreed, amen, definitely, exactly, fair enough, for sure, good point, great point, i agree, i know",
    "indeed, me too, no doubt, of course, precisely, right, same, same here, sure, that's a good point",
    "that's a great point, that's right, that's so true, that's true, totally, true, yeah, yep, yes, yup, you're right",
)
"""How an agreeing turn begins, after an interjection such as "oh" or "well" where there is one."""

INTERJECTIONS = _list("ah, aha, and, but, ha, haha, hm, hmm, man, oh, okay, ok, so, well, wow")
"""What may stand before an agreement or a reaction."""

REACTIONS = _list(
    "amazing, are you kidding, are you serious, come on, get out, ha, hah, haha, hang on, hold on, huh, i love it",
    "i love that, love it, nice, no way, oh man, oh my god, oh my gosh, oh no, ouch, really, seriously, shut up",
    "that's amazing, that's awesome, that's crazy, that's funny, that's hilarious, that's wild, ugh, wait, what, whoa",
    "wow, yikes, you what",
)
"""How a turn begins that takes up the one before at once, without agreeing."""

FILLERS = _list(
    "um, umm, uh, uhh, uhm, er, erm, hm, hmm, mm, you know, i mean, i guess, sort of, kind of, kinda, sorta",
)
"""What holds the floor without saying anything. "Like" is left out: it is mostly a verb or a comparison."""

RECOLLECTIONS = _all("i, we", "-, still, do, vividly", "remember") | _list(
    "i used to, we used to, i once had, i grew up, reminds me, reminded me, takes me back, took me back, brings back",
    "brought back, back when, when i was, when we were, my memory of, i'll never forget, i will never forget",
    "i can still see, remember when, remember that time, you remember",
)
"""How somebody tells what they lived through."""

SHARED_HISTORY = (
    _all("remember", "when you, when we, that time, how you, how we, your, our, us")
    | _all("do, don't", "you remember")
    | _list(
        "you told me, you once told, last time we, last time you, when we were, that time you, that time we",
        "you always, we always, the day we, the day you, you were there, we were both, ever since you, ever since we",
    )
)
"""How speakers point at a past that they share, as in section 5.6 of SPoRC-VIST."""

_PICTURE = "photo, photos, photograph, photographs, picture, pictures, pic, pics, image, images, snapshot, snapshots"

IMAGE_WORDS = _list(_PICTURE, "shot, shots, selfie, selfies, slide, slides")
"""Words for pictures as pictures."""

META_FRAMES = (
    _all("this, that, these, those, next, first, second, third, fourth, fifth, last, final, another", _PICTURE)
    | _all("in, at, from, on", "the", _PICTURE)
    | _all("looking through", "-, some, my, our, these, those", "-, old", "photos, pictures, images")
    | _list(
        "the image shows, the photo shows, the picture shows, as we can see, as you can see, in the background of",
        "in the foreground, pictured here, the caption says, series of images, series of photos",
    )
)
"""How talk gives away that it describes pictures that it was handed."""

INTRODUCTIONS = _all("hello, hi, hey", "everyone, everybody, folks, listeners, and welcome") | _list(
    "welcome back, welcome to, welcome everyone, you're listening to, on today's episode, in today's episode",
    "today's episode, on today's show, i'm your host, we're your hosts, joining me today, joining us today",
    "my guest today, our guest today, thanks for joining, thank you for joining, thanks for having me",
)
"""How a show opens."""

SIGN_OFFS = _all("thanks, thank you", "for", "listening, tuning in, joining us") | _list(
    "see you next time, until next time, see you next week, catch you next time, that's all for today",
    "that's it for today, that's our show, that's a wrap, signing off, this has been, don't forget to subscribe",
    "please subscribe, goodbye everyone, bye everyone, stay tuned, take care everyone",
)
"""How a show ends."""

FUNCTION_WORDS = _list(
    "a, about, above, after, again, against, ain't, all, almost, along, already, also, although, always, am, among",
    "an, and, another, any, anything, are, aren't, around, as, at, away, back, be, because, been, before, behind",
    "being, below, between, both, but, by, can, can't, cannot, come, could, couldn't, did, didn't, do, does, doesn't",
    "doing, don't, done, down, during, each, either, else, even, ever, every, everything, few, for, from, further",
    "get, gets, getting, go, goes, going, gone, gonna, got, had, hadn't, has, hasn't, have, haven't, having, he",
    "he'd, he'll, he's, her, here, here's, hers, herself, him, himself, his, how, how's, however, i, i'd, i'll, i'm",
    "i've, if, in, into, is, isn't, it, it'd, it'll, it's, its, itself, just, kind, know, let, let's, like, little",
    "lot, made, make, many, may, maybe, me, mean, might, mine, more, most, much, must, my, myself, never, no, nor",
    "not, nothing, now, of, off, oh, okay, on, once, one, only, onto, or, other, our, ours, ourselves, out, over",
    "own, people, perhaps, put, quite, rather, really, right, said, same, say, says, see, she, she'd, she'll, she's",
    "should, shouldn't, since, so, some, something, sort, still, such, take, than, that, that'd, that'll, that's",
    "the, their, theirs, them, themselves, then, there, there's, these, they, they'd, they'll, they're, they've",
    "thing, things, think, this, those, though, through, time, to, too, two, uh, um, under, until, up, upon, us, use",
    "very, want, was, wasn't, way, we, we'd, we'll, we're, we've, well, went, were, weren't, what, what's, when",
    "where, which, while, who, who's, whole, whom, whose, why, will, with, within, without, won't, would, wouldn't",
    "yeah, yes, yet, you, you'd, you'll, you're, you've, your, yours, yourself",
)
"""Words that say nothing of a topic: two texts that share one of these have nothing in common yet."""
