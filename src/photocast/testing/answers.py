"""Answers of models on a bad day, for tests of whoever reads them."""

NO_LABELS = (
    "The loaf came out of the oven at noon. It was darker on one side than on the other, and nobody minded. "
    "By evening there was only the heel left, and a plate full of crumbs."
)
"""A story where a conversation was asked for."""

WRONG_LANGUAGE = "\n".join(
    (
        "Speaker 1: Da liegt ja noch Mehl auf dem ganzen Tisch, und der Teig geht schon auf.",
        "Speaker 2: Meine Oma hätte ihn noch eine Stunde stehen lassen, unter einem feuchten Tuch.",
        "Speaker 1: Eine Stunde? Ich hätte nach zehn Minuten nachgesehen, ob sich etwas tut.",
        "Speaker 2: Genau deshalb backe ich, und du schneidest nachher das Brot.",
    )
)
"""A conversation in German."""

ONE_GIANT_TURN = "Speaker 1: " + " ".join(
    f"And then there was crumb number {number}, which I put on the pile with the others." for number in range(1, 401)
)
"""More than 5,000 words by one speaker."""

ENDLESS = "Speaker 1: That crust is something.\nSpeaker 2: It really is something.\n" * 400
"""Two turns, 400 times over."""
