"""The names that users import."""

import subprocess
import sys

import pytest

import photocast


def test_the_public_names() -> None:
    assert photocast.__all__ == [
        "Album",
        "Episode",
        "Host",
        "Person",
        "PhotocastError",
        "Studio",
        "__version__",
        "local_only",
    ]


@pytest.mark.parametrize("name", photocast.__all__)
def test_each_name_can_be_imported_first(name: str) -> None:
    code = f"from photocast import {name}; import photocast; assert photocast.{name} is {name}"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Slideshow"):
        photocast.Slideshow  # noqa: B018
    assert set(photocast.__all__) <= set(dir(photocast))
