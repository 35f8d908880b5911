"""Keys: where they are found, in which order, who gets which, and that none is ever shown."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from photocast._secrets import redact
from photocast.models.keys import config_folder, how_to_set, key_for, where
from photocast.schema import ConfigError, Fault, ModelError

KEY = "sk-test-0123456789abcdef"


class Ring(KeyringBackend):
    """A keyring in memory; None for a broken one."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, kept: dict[tuple[str, str], str] | None) -> None:
        super().__init__()
        self.kept = kept

    def get_password(self, service: str, username: str) -> str | None:
        if self.kept is None:
            raise OSError("the service went away")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError  # nothing here writes keys


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An environment without keys, an empty folder of settings, and an empty keyring."""
    for name in os.environ:
        if name.startswith("AWS_") or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PHOTOCAST_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    before = keyring.get_keyring()
    keyring.set_keyring(Ring({}))
    yield
    keyring.set_keyring(before)


def write_file(text: str, mode: int = 0o600) -> Path:
    path = config_folder() / "keys.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


@pytest.mark.parametrize("provider", ["openai", "anthropic", "google", "bedrock", "openrouter", "ollama"])
def test_without_a_key_there_is_none(provider: str) -> None:
    assert key_for(provider) is None
    assert where(provider) is None


@pytest.mark.parametrize(
    ("provider", "variable"),
    [
        ("openai", "OPENAI_API_KEY"),
        ("anthropic", "ANTHROPIC_API_KEY"),
        ("google", "GOOGLE_API_KEY"),
        ("google", "GEMINI_API_KEY"),
        ("openrouter", "OPENROUTER_API_KEY"),
        ("bedrock", "AWS_BEARER_TOKEN_BEDROCK"),
    ],
)
def test_each_provider_has_its_variable(provider: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, f"  {KEY}\n")
    assert key_for(provider) == KEY
    assert where(provider) == variable
    assert redact(f"the key {KEY} was refused") == "the key [key] was refused"


def test_the_environment_comes_before_the_keyring_and_the_keyring_before_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write_file('openai = "sk-from-the-file"\n')
    assert (key_for("openai"), where("openai")) == ("sk-from-the-file", str(path))
    keyring.set_keyring(Ring({("photocast", "openai"): "sk-from-the-ring\n"}))
    assert (key_for("openai"), where("openai")) == ("sk-from-the-ring", "the system's keyring")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-environment")
    assert (key_for("openai"), where("openai")) == ("sk-from-environment", "OPENAI_API_KEY")
    monkeypatch.setenv("OPENAI_API_KEY", "  ")
    assert where("openai") == "the system's keyring"


def test_another_server_never_gets_the_key_of_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    keyring.set_keyring(Ring({("photocast", "openai"): KEY}))
    write_file(f'openai = "{KEY}"\n')
    assert key_for("openai", server="gpu.example:8000") is None
    monkeypatch.setenv("PHOTOCAST_API_KEY", "sk-of-my-own-server")
    assert key_for("openai", server="gpu.example:8000") == "sk-of-my-own-server"
    assert key_for("openai") == KEY


def test_a_server_has_keys_under_its_address() -> None:
    write_file('"gpu.example:8000" = "sk-in-the-file"\n')
    assert key_for("openai", server="gpu.example:8000") == "sk-in-the-file"
    assert key_for("openai", server="gpu.example:9000") is None


def test_a_broken_keyring_does_not_matter() -> None:
    keyring.set_keyring(Ring(None))
    write_file(f'openai = "{KEY}"\n')
    assert key_for("openai") == KEY


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666])
def test_a_file_that_others_can_read_is_refused(mode: int) -> None:
    path = write_file(f'openai = "{KEY}"\n', mode)
    with pytest.raises(ConfigError, match="chmod 600") as refused:
        key_for("openai")
    assert str(path) in str(refused.value)


@pytest.mark.parametrize("text", [f"openai = {KEY}\n", f'openai = "{KEY}\n', f'openai = ["{KEY}"]\n'])
def test_a_file_with_mistakes_is_told_without_what_is_in_it(text: str) -> None:
    write_file(text)
    with pytest.raises(ConfigError, match=r"keys\.toml") as refused:
        key_for("openai")
    assert KEY not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_file_that_is_no_text_is_told() -> None:
    write_file("")
    (config_folder() / "keys.toml").write_bytes(b"openai = '\xff\xfe'")
    with pytest.raises(ConfigError, match="UTF-8"):
        key_for("openai")


@pytest.mark.parametrize(
    "odd", ["sk-test\u20110123456789", "sk-test 0123456789", "sk-\x00test0123456789", "sk-schlüssel-0"]
)
def test_what_cannot_be_a_key_is_told_by_its_place(odd: str) -> None:
    keyring.set_keyring(Ring({("photocast", "openai"): odd}))
    with pytest.raises(ModelError, match=r"character \d+") as refused:
        key_for("openai")
    assert (refused.value.fault, refused.value.exit_code) == (Fault.WRONG_KEY, 3)
    assert odd not in str(refused.value)


def test_amazon_has_credentials_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("[default]\n")
    assert where("bedrock") == str(tmp_path / ".aws" / "credentials")
    assert key_for("bedrock") is None
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "aws-secret-0123456789")
    assert where("bedrock") == "AWS_ACCESS_KEY_ID"
    assert redact("aws-secret-0123456789") == "[key]"


def test_what_to_do_names_all_three_places() -> None:
    told = how_to_set("anthropic")
    assert "ANTHROPIC_API_KEY" in told
    assert "keyring set photocast anthropic" in told
    assert str(config_folder() / "keys.toml") in told
    assert "PHOTOCAST_API_KEY" in how_to_set("anthropic", server="gpu.example")


def test_the_folder_of_settings_is_the_usual_one_unless_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert config_folder() == tmp_path / "config"
    monkeypatch.delenv("PHOTOCAST_CONFIG")
    assert config_folder().name == "photocast"


def test_a_local_run_asks_no_keyring(tmp_path: Path) -> None:
    """To find out which keyring there is starts a program on some systems, and that fails a local run."""
    code = (
        "from photocast._guard import local_only; from photocast.models.keys import where\n"
        "with local_only(): print(where('openai'))"
    )
    env = {name: value for name, value in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"}
    env["PHOTOCAST_CONFIG"] = str(tmp_path)
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert ran.stdout == "None\n", ran.stderr
