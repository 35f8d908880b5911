"""What marks a file carries, and whether they hold."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from photocast.provenance.choosing import trusted_roots
from photocast.provenance.library import c2pa, offline
from photocast.provenance.listening import detect_in
from photocast.provenance.tags import Tags, read_tags
from photocast.provenance.watermark import Detection
from photocast.schema import InputError

LIMITS = """\
Anybody can take a mark away: for that of C2PA it is enough to encode a file anew. The watermark outlives that and cuts,
but not another tempo or pitch, and not another voice that says the same.
The watermark's key is public. Anybody can take it out, or put it into sound that no machine made.
A file without a mark may be made by a machine or not.
Who signs decides what the mark says. Its time is that of their clock, and nobody else has witnessed it.
An own certificate proves one thing: that the file is as it was when somebody with that key signed it. Anybody can make
one with any name in it. After its last day, its marks no longer count as valid.
The tags of a file are words that anybody can write."""
"""What marks cannot do."""

State = Literal["none", "valid", "invalid"]

_UNTRUSTED = "signingCredential.untrusted"
_WORDS = {
    "assertion.dataHash.mismatch": "the file was changed after it was signed",
    "assertion.bmffHash.mismatch": "the file was changed after it was signed",
    "assertion.boxesHash.mismatch": "the file was changed after it was signed",
    "assertion.hashedURI.mismatch": "what the mark says was changed after it was signed",
    "claimSignature.mismatch": "the signature does not fit: the mark was changed, or is another file's",
    "claimSignature.outsideValidity": "the certificate is not valid today",
    "signingCredential.expired": "the certificate is not valid today",
    "signingCredential.invalid": "C2PA does not accept the certificate",
}


@dataclass(frozen=True)
class Mark:
    """The C2PA mark of a file. Unless it is valid and trusted, all it says was said by anybody."""

    state: State
    """Valid: the file is as it was when it was signed. Invalid: there is a mark, and it does not hold."""
    trusted: bool = False
    """Whether the certificate was issued by a root of this user's; else nobody here vouches for the name."""
    signer: str = ""
    when: str = ""
    """When it was made, by the clock of whoever signed it."""
    source: str = ""
    """How it came about, as an address of the IPTC's vocabulary."""
    title: str = ""
    generator: str = ""
    reasons: tuple[str, ...] = ()
    """Why it is invalid, or why there is none to be read."""


@dataclass(frozen=True)
class Marks:
    """All marks of a file."""

    file: Path
    c2pa: Mark
    watermark: Detection
    tags: Tags


def verify(path: Path) -> Marks:
    """Look for marks in a file. Nothing is fetched: a mark that lies on a server counts as none.

    Raises:
        InputError: the file cannot be read.
        ConfigError: the user's own certificate cannot be read.
        ModelError: the package `c2pa` is not installed.
    """
    _check_readable(path)
    return Marks(path, _c2pa_mark(path, trusted_roots()), detect_in(path), read_tags(path))


def _check_readable(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        why = (error.strerror or "the system refused").lower()
        raise InputError(f"{path} cannot be read", why, "Check the name and who may read it") from error


def _c2pa_mark(path: Path, roots: bytes) -> Mark:
    library = c2pa()
    try:
        with library.Reader(path, context=offline(roots)) as reader:
            return _mark(json.loads(reader.json()))
    except library.C2paError.ManifestNotFound:
        return Mark("none")
    except library.C2paError.NotSupported:
        return Mark("none", reasons=("a file of this kind carries no C2PA mark that can be read here",))
    except library.C2paError as error:
        if str(error).startswith("Remote"):
            return Mark("none", reasons=("its mark lies on a server, which was not asked",))
        return Mark("invalid", reasons=(f"its mark cannot be read: {error}",))


def _mark(store: Mapping[str, Any]) -> Mark:
    manifest = store["manifests"][store["active_manifest"]]
    failed = store.get("validation_results", {}).get("activeManifest", {}).get("failure", ())
    said = store.get("validation_state")
    made = _made(manifest.get("assertions", ()))
    signature = manifest.get("signature_info", {})
    return Mark(
        state="valid" if said in ("Valid", "Trusted") else "invalid",
        trusted=said == "Trusted",
        signer=_text(signature.get("common_name") or signature.get("issuer")),
        when=_text(signature.get("time") or made.get("when")),
        source=_text(made.get("digitalSourceType")),
        title=_text(manifest.get("title")),
        generator=_generator(manifest),
        reasons=_reasons(failed),
    )


def _made(assertions: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The action by which the file came about."""
    for assertion in assertions:
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            for action in assertion["data"].get("actions", ()):
                if action.get("action") == "c2pa.created":
                    return dict(action)
    return {}


def _generator(manifest: Mapping[str, Any]) -> str:
    named = manifest.get("claim_generator_info") or [{}]
    return " ".join(filter(None, (_text(named[0].get("name")), _text(named[0].get("version")))))


def _reasons(failed: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Why it does not hold, each once. That nobody here trusts the certificate is no damage to the file."""
    codes = {one["code"]: _text(one.get("explanation")) for one in failed if one["code"] != _UNTRUSTED}
    return tuple(dict.fromkeys(f"{_WORDS.get(code, told)} ({code})" for code, told in codes.items()))


def _text(value: object) -> str:
    return "" if value is None else str(value)
