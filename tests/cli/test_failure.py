"""What is said when something goes wrong that nobody thought of: never a key."""

import json
import tempfile
from pathlib import Path

import pytest

from photocast._secrets import remember
from photocast.cli.failure import report

KEY = remember("k-of-a-stranger-0123456789")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_mistake_of_ours_tells_no_key(temporary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A client library from elsewhere may put into its errors whatever it likes."""
    try:
        raise RuntimeError(f"could not send Authorization: Bearer {KEY}")
    except RuntimeError as error:
        code = report(error, as_json=True, debug=True)
    out, err = capsys.readouterr()
    assert code == 1
    assert "photocast made a mistake" in err
    assert "Traceback" in err
    assert "Bearer [key]" in json.loads(out)["error"]["why"]
    (file,) = temporary.glob("photocast-bug-*.txt")
    assert "raise RuntimeError" in file.read_text("utf-8")
    for text in (out, err, file.read_text("utf-8")):
        assert KEY not in text
