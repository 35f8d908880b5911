"""Where the keys of providers come from: the environment, the system's keyring, or a file that only its owner can read.

The file is `keys.toml` in the folder of settings, with a line for each provider or server:

    openai = "sk-…"
    "gpu.example:8000" = "…"
"""

import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from photocast._guard import is_local_only
from photocast._secrets import remember
from photocast.schema import ConfigError, Fault, ModelError

VARIABLES = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "openrouter": ("OPENROUTER_API_KEY",),
    "elevenlabs": ("ELEVENLABS_API_KEY",),
    "bedrock": ("AWS_BEARER_TOKEN_BEDROCK",),
}
"""Environment variables by provider, the first that is set wins."""
SERVER_VARIABLE = "PHOTOCAST_API_KEY"
"""The key of a server of one's own, named with `--base-url`. It takes no provider's key: that would give it away."""
KEYRING = "photocast"
"""Name of the service in the system's keyring; the user is the provider, or the server's host and port."""
FILE = "keys.toml"

_AWS = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
_AWS_SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@dataclass(frozen=True, repr=False)
class _Found:
    """A key and the place it was found in; it never prints the key."""

    key: str
    place: str


def key_for(provider: str, *, server: str | None = None) -> str | None:
    """The key to send, without the spaces and line ends that come along when it is copied; None where there is none.

    Args:
        provider: Name before the colon of a model.
        server: Host and port of a server that is not the provider's own.

    Raises:
        ConfigError: `keys.toml` can be read by others, or is not what it should be.
        ModelError: what was found cannot be a key.
    """
    found = _find(provider, server)
    return None if found is None else found.key


def where(provider: str, *, server: str | None = None) -> str | None:
    """Where the key would come from, for people to read; None where there is none.

    Raises:
        ConfigError: `keys.toml` can be read by others, or is not what it should be.
        ModelError: what was found cannot be a key.
    """
    found = _find(provider, server)
    if found is not None:
        return found.place
    return _aws_place() if provider == "bedrock" else None


def how_to_set(provider: str, *, server: str | None = None) -> str:
    """What somebody without a key can do, in a sentence without its full stop."""
    name = server or provider
    variable = VARIABLES[provider][0] if server is None and provider in VARIABLES else SERVER_VARIABLE
    return f"Set {variable}, or run: keyring set {KEYRING} {name}, or write it into {config_folder() / FILE}"


def config_folder() -> Path:
    """The folder of this user's settings: `PHOTOCAST_CONFIG`, or the usual place of this system."""
    from platformdirs import user_config_path

    chosen = os.environ.get("PHOTOCAST_CONFIG")
    return Path(chosen).expanduser() if chosen else user_config_path("photocast", appauthor=False)


def _find(provider: str, server: str | None) -> _Found | None:
    for secret in _AWS_SECRETS:
        remember(os.environ.get(secret, ""))
    found = _in_environment(provider, server) or _in_keyring(server or provider) or _in_file(server or provider)
    if found is not None:
        remember(found.key)
        _check(found)
    return found


def _in_environment(provider: str, server: str | None) -> _Found | None:
    for variable in VARIABLES.get(provider, ()) if server is None else (SERVER_VARIABLE,):
        if key := os.environ.get(variable, "").strip():
            return _Found(key, variable)
    return None


def _in_keyring(name: str) -> _Found | None:
    if is_local_only():  # keyrings start programs, on some systems already to find out which one there is
        return None
    try:
        import keyring

        key = keyring.get_password(KEYRING, name)
    except Exception:  # back-ends raise what they like: no desktop, a locked ring, a broken service; the file is left
        return None
    return _Found(key.strip(), "the system's keyring") if key and key.strip() else None


def _in_file(name: str) -> _Found | None:
    path = config_folder() / FILE
    try:
        if not path.is_file():
            return None
        if sys.platform != "win32" and path.stat().st_mode & 0o077:
            why = "other users of this computer can read it, and there are keys in it"
            raise ConfigError(f"{path} is not used", why, f"Run: chmod 600 '{path}'")
        key = tomllib.loads(path.read_text("utf-8")).get(name, "")
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read", _plain(error), "Correct the file, or move it away") from None
    if not isinstance(key, str):
        raise ConfigError(f"{path} cannot be used", f"the key of {name} is not in quotes", f'Write {name} = "…"')
    return _Found(key.strip(), str(path)) if key.strip() else None


def _plain(error: OSError | ValueError) -> str:
    """What went wrong, without the text of the file in it."""
    if isinstance(error, tomllib.TOMLDecodeError):
        return f"it is no valid TOML: {str(error).lower()}"
    return "it is not text in UTF-8" if isinstance(error, ValueError) else (error.strerror or "it is refused").lower()


def _check(found: _Found) -> None:
    """A key goes into a header: letters, digits and signs of ASCII, without a space."""
    odd = next((at for at, letter in enumerate(found.key, start=1) if not "!" <= letter <= "~"), None)
    if odd is not None:
        why = f"character {odd} of it is none that keys have, such as a space, a line end or a dash of typography"
        raise ModelError(Fault.WRONG_KEY, f"the key from {found.place} cannot be sent", why, "Copy the key once more")


def _aws_place() -> str | None:
    """Where AWS's own tools would look first; whether the credentials are good is only known when they are used."""
    if variable := next((name for name in _AWS if os.environ.get(name)), None):
        return variable
    folder = Path.home() / ".aws"
    files = [
        Path(os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or folder / "credentials"),
        Path(os.environ.get("AWS_CONFIG_FILE") or folder / "config"),
    ]
    return next((str(file) for file in files if file.is_file()), None)
