"""Packages that not everybody needs: loaded when they are there, and told of when they are not."""

import json
from pathlib import Path

import pytest

from photocast._optional import require
from photocast.schema import Fault, ModelError


def test_what_is_there_is_loaded() -> None:
    assert require("json", extra="remote", purpose="reading") is json
    assert require("json.decoder", extra="remote", purpose="reading") is json.decoder


@pytest.mark.parametrize(
    ("module", "missing"),
    [
        ("no_such_package", "no_such_package"),
        ("no_such_package.inside.it", "no_such_package"),
        ("json.no_such_part", "json.no_such_part"),  # another version of it is there
    ],
)
def test_what_is_missing_is_told_with_the_extra_that_brings_it(module: str, missing: str) -> None:
    with pytest.raises(ModelError) as failed:
        require(module, extra="remote", purpose="knowing prices")
    error = failed.value
    assert (error.fault, error.exit_code) == (Fault.NOT_INSTALLED, 3)
    assert (error.what, error.why) == (f"{missing} is not installed", "knowing prices needs it")
    assert error.do == "Run: pip install 'photocast[remote]'"


@pytest.mark.parametrize("line", ["import no_such_package", "raise ImportError('built for another version')"])
def test_what_is_there_and_broken_is_not_called_missing(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_one.py").write_text(line)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError) as failed:
        require("broken_one", extra="remote", purpose="nothing")
    assert not isinstance(failed.value, ModelError)
    assert "broken_one" not in str(failed.value)
