"""The word lists that figures depend on. Changing one changes the figures: raise the version with it."""

LEXICON_VERSION = 1

BACK_CHANNELS = frozenset(
    {
        *("ah", "aha", "cool", "exactly", "gosh", "ha", "haha", "heh", "hey", "hm", "hmm", "huh", "i see", "indeed"),
        *("interesting", "mhm", "mm", "mm-hm", "mm-hmm", "mmm", "nice", "no", "of course", "oh", "ok", "okay", "ooh"),
        *(
            "really",
            "right",
            "same",
            "sure",
            "totally",
            "true",
            "uh",
            "uh-huh",
            "um",
            "wow",
            "yeah",
            "yep",
            "yes",
            "yup",
        ),
        *("absolutely", "definitely", "awesome", "great", "got it", "gotcha", "fair", "fair enough", "good", "man"),
    }
)
"""What listeners say to show that they follow."""

AGREEMENTS = frozenset(
    {
        *(
            "absolutely",
            "agreed",
            "amen",
            "definitely",
            "exactly",
            "fair enough",
            "for sure",
            "good point",
            "great point",
        ),
        *("i agree", "i know", "indeed", "me too", "no doubt", "of course", "precisely", "right", "same", "same here"),
        *("sure", "that's a good point", "that's a great point", "that's right", "that's so true", "that's true"),
        *("totally", "true", "yeah", "yep", "yes", "yup", "you're right"),
    }
)
"""How an agreeing turn begins, after an interjection such as "oh" or "well" where there is one."""

INTERJECTIONS = frozenset(
    {"ah", "aha", "and", "but", "ha", "haha", "hm", "hmm", "man", "oh", "okay", "ok", "so", "well", "wow"}
)
"""What may stand before an agreement."""
