"""Where a model is: the provider's own address or that of another server, and whether that is this machine."""

import os
import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from photocast.models.names import Spec
from photocast.schema import Fault, ModelError


@dataclass(frozen=True)
class Service:
    """A provider, as far as addresses go."""

    title: str
    """Its name as it writes it."""
    url: str
    """Its own address, as its client library wants it; empty where it depends on the region."""
    package: str
    """Its client library."""
    path: str = ""
    """What stands at the end of every address of this kind; people may leave it out."""
    keyless: bool = False
    """Whether it is used without a key."""


SERVICES = {
    "openai": Service("OpenAI", "https://api.openai.com/v1", "openai", "/v1"),
    "anthropic": Service("Anthropic", "https://api.anthropic.com", "anthropic"),
    "google": Service("Google", "https://generativelanguage.googleapis.com", "google.genai"),
    "elevenlabs": Service("ElevenLabs", "https://api.elevenlabs.io", "httpx2"),
    "bedrock": Service("Amazon Bedrock", "", "boto3"),
    "openrouter": Service("OpenRouter", "https://openrouter.ai/api/v1", "openai", "/v1"),
    "ollama": Service("Ollama", "http://127.0.0.1:11434/v1", "openai", "/v1", keyless=True),
}


@dataclass(frozen=True)
class Address:
    """Where requests go."""

    url: str
    host: str
    """Host, and port where one is named."""
    here: bool
    """Whether it is this machine."""
    own: bool
    """Whether it is the provider's own: only that gets the provider's key."""

    @property
    def server(self) -> str | None:
        """The name under which a key for it is kept; None for the provider's own."""
        return None if self.own else self.host


def address_of(spec: Spec) -> Address:
    """Where the model of this name is.

    Raises:
        ModelError: `--base-url` is no address of a web server.
    """
    service = SERVICES[spec.provider]
    named = spec.base_url or (os.environ.get("OLLAMA_HOST", "").strip() if spec.provider == "ollama" else None)
    if not named:
        parts = urlsplit(service.url)
        return Address(service.url, parts.netloc, is_here(parts.hostname or ""), own=True)
    parts = _split(named, spec)
    path = parts.path.rstrip("/")
    path = path or service.path if service.path else path.removesuffix("/v1").removesuffix("/v1beta")
    host = parts.hostname or ""
    url = f"{parts.scheme}://{parts.netloc}{path}"
    return Address(url, parts.netloc, is_here(host), own=parts.scheme == "https" and _owns(spec.provider, host))


def passed_on(model: str) -> str | None:
    """Where a server on this machine passes requests for this model on to; None when they stay with it.

    Ollama does so for models that run at its makers': `gpt-oss:120b-cloud`, `glm-4.6:cloud`.
    """
    return "ollama.com" if re.search(r"[-:]cloud$", model) else None


def is_here(host: str) -> bool:
    """Whether what is sent to this host stays on this machine."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _split(named: str, spec: Spec) -> SplitResult:
    """The address, taken apart; Ollama's own variable may leave out the scheme and the port, and names every host 0."""
    by_variable = spec.provider == "ollama" and not spec.base_url
    if by_variable:
        named = named if "://" in named else f"http://{named}"
        named = named.replace("//0.0.0.0", "//127.0.0.1", 1)
    try:
        if by_variable and urlsplit(named).port is None:
            named = f"{named.rstrip('/')}:11434"
        parts = urlsplit(named)
        fine = parts.scheme in {"http", "https"} and parts.hostname and not parts.query and parts.port != 0
    except ValueError:
        fine = False
    if not fine or "@" in parts.netloc:
        why = "an address starts with http:// or https://, then the host, and has no name or password in it"
        do = "Correct OLLAMA_HOST" if by_variable else "Write for example --base-url http://127.0.0.1:8000"
        raise ModelError(Fault.UNKNOWN_MODEL, "the address of the server cannot be used", why, do)
    return parts


def _owns(provider: str, host: str) -> bool:
    """Providers have other hosts for other regions: `eu.api.openai.com`."""
    if provider == "bedrock":
        return host.endswith((".amazonaws.com", ".api.aws"))
    own = urlsplit(SERVICES[provider].url).hostname or ""
    return host == own or host.endswith(f".{own}")
