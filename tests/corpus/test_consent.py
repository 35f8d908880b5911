"""Text goes to a hosted model only after its terms were agreed to."""

import pytest

from photocast.corpus.consent import check_consent, source_of
from photocast.schema import UsageError

TERMS = "For research and education only;\nnot to be provided to any third party."


@pytest.mark.parametrize(
    ("terms", "host", "accepted"),
    [
        (None, "api.openai.com", ()),
        (TERMS, None, ()),
        (TERMS, "api.openai.com", ("sporc",)),
        (TERMS, "api.openai.com", ("other", " SPoRC ")),
    ],
)
def test_text_may_go(terms: str | None, host: str | None, accepted: tuple[str, ...]) -> None:
    check_consent(terms, host, accepted, "sporc-1.1")


@pytest.mark.parametrize("accepted", [(), ("other",), ("sporc-1.0",), ("",)])
def test_text_stays_here(accepted: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as failed:
        check_consent(TERMS, "api.openai.com", accepted, "sporc-1.1")
    assert failed.value.what == "text of sporc is not sent to api.openai.com"
    assert "“For research and education only; not to be provided to any third party”" in failed.value.why
    assert "--accept-terms sporc" in failed.value.do
    assert failed.value.exit_code == 2


def test_names_of_sources() -> None:
    assert [source_of(name) for name in ("sporc-1.0", "SPoRC-1.1", "transcripts")] == ["sporc", "sporc", "transcripts"]
