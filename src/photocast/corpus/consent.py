"""Whether the text of a source may be sent to a hosted model: only after somebody has agreed to the source's terms."""

from collections.abc import Sequence

from photocast.schema import UsageError


def check_consent(source_terms: str | None, host: str | None, accepted: Sequence[str], dataset: str) -> None:
    """See whether text may go where a model is.

    Args:
        source_terms: what has to be agreed to before text is sent to a hosted model; None where nothing has to.
        host: where the model is; None when nothing leaves this machine.
        accepted: sources whose terms were agreed to, as in `--accept-terms`.
        dataset: name and version of the source, such as `sporc-1.0`.

    Raises:
        UsageError: nobody has agreed; it quotes the terms and says how to.
    """
    source = source_of(dataset)
    if source_terms is None or host is None or source in {one.strip().casefold() for one in accepted}:
        return
    quoted = " ".join(source_terms.split()).rstrip(".")
    raise UsageError(
        f"text of {source} is not sent to {host}",
        f"its terms have to be agreed to first: “{quoted}”",
        f"Use a model on this machine (hf:…), or, if these terms allow it in your case, add --accept-terms {source}",
    )


def source_of(dataset: str) -> str:
    """The name of a dataset without its version: `sporc` of `sporc-1.0`."""
    return dataset.partition("-")[0].casefold()
