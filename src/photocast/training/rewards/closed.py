"""Rewards of questions with one right answer: what a character feels, and whether it stays the same.

They are of the system of Lin & Chen (arXiv:2407.02586), which trains both as tasks and names no reward: a
reconstruction. The columns `task` and `label` of `photocast train story` say what was asked and what is right.
"""

from photocast.training.rewards.asked import Asked


def emotion_match(text: str, asked: Asked) -> float | None:
    """Whether the answer is the noted emotion and nothing else.

    Capitals, quotation marks and a full stop do not matter. A sentence that has the word in it is no answer: whoever
    names all emotions would be right. None if no emotion was asked for.

    Range: 0 or 1.
    Source: reconstruction of emotion recognition in arXiv:2407.02586.
    Weakness: the commonest emotion of the data, whatever the picture shows.
    """
    return float(_bare(text) == asked.label) if asked.task == "emotion" else None


def consistency_match(text: str, asked: Asked) -> float | None:
    """Whether the verdict on a character is right, and what differs as well.

    1 for the right verdict with the right attribute, ½ for a right no with another or none, 0 else. The answer is
    `yes`, or `no, hair`; where people noted no attribute, none has to be given. None if consistency was not asked for.

    Range: 0, ½ or 1.
    Source: reconstruction of character consistency in arXiv:2407.02586.
    Weakness: always yes, which is right half the time where samples come in pairs.
    """
    if asked.task != "consistency":
        return None
    verdict, _, attribute = _bare(text).partition(",")
    right, _, about = asked.label.casefold().partition(",")
    if verdict.strip() != right:
        return 0.0
    if right == "yes":
        return float(not attribute.strip())
    return 1.0 if not about or _bare(attribute) == about.strip() else 0.5


def _bare(text: str) -> str:
    return text.strip().strip("\"'“”‘’.!*` \n").casefold()
