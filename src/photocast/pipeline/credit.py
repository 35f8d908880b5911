"""Who wrote a script, once somebody else has written a turn of it anew."""

from photocast.pipeline.pen import POCKET
from photocast.schema import Provenance, Script

_MIXED = (
    "Made by a machine: {first} put this conversation together, and the language model {model} wrote some of it anew. "
    "The hosts do not exist; what they tell of themselves is invented."
)


def credited(script: Script, model: str, prompts: str) -> Script:
    """The script, which says that this model has a part in it.

    Args:
        script: by whomever.
        model: the name of who wrote a turn anew.
        prompts: the version of its prompts.
    """
    before = script.provenance
    if before is None or model in {one.partition(" (")[0] for one in (before.model or "").split(", ")}:
        return script
    first = "photocast's pocket writer" if before.writer == POCKET else f"the language model {before.model}"
    now = Provenance(
        writer=before.writer,
        writer_version=before.writer_version,
        model=f"{before.model}, {model}" if before.model else model,
        prompts=before.prompts or prompts,
        seed=before.seed,
        disclosure=_MIXED.format(first=first, model=model),
    )
    return script.model_copy(update={"provenance": now})
