"""The Hugging Face hub: what of a repository is on this machine already, what would come, and fetching it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage
from typing import Any

from photocast._secrets import remember
from photocast.models.local.installed import first_line, library
from photocast.models.local.memory import size_in_words
from photocast.models.local.quiet import quiet
from photocast.models.local.weights import broken, weight_files
from photocast.schema import Fault, ModelError

MODEL_FILES = ("*.json", "*.jinja", "*.safetensors", "*.txt", "*.model")
"""What transformers reads; the same weights in other formats are left where they are."""
ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors", "photocast.json")
_NOT = ("*/*", "consolidated*")
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Listing:
    """What a repository holds of the files that are needed."""

    missing: tuple[tuple[str, int], ...]
    """Names and bytes of the files that are not on this machine yet, the smallest first."""
    weights: Mapping[str, int]
    """Numbers that the model consists of, by safetensors' name of their dtype; empty where the hub does not tell."""

    @property
    def left(self) -> int:
        """Bytes that are still to be fetched."""
        return sum(size for _, size in self.missing)


def cached(repository: str, patterns: tuple[str, ...]) -> Path | None:
    """The folder with the repository's files if all of them are on this machine; nothing is asked of the hub."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(repository, allow_patterns=list(patterns), local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    return folder if _is_whole(folder, patterns) else None


def _is_whole(folder: Path, patterns: tuple[str, ...]) -> bool:
    """Whether a download was not broken off: weights are the last to come."""
    if patterns == ADAPTER_FILES:
        return all((folder / name).is_file() for name in ADAPTER_FILES[:2])  # not every adapter is one of ours
    try:
        return bool(weight_files(folder, folder.name)) and (folder / "config.json").is_file()
    except ModelError:
        return False


def look_up(repository: str, patterns: tuple[str, ...]) -> Listing:
    """Ask the hub what is in a repository.

    Raises:
        ModelError: it does not exist, may not be read, holds no weights, or the hub cannot be reached.
    """
    from huggingface_hub import HfApi, try_to_load_from_cache

    with spoken(repository):
        info = HfApi().model_info(repository, files_metadata=True, timeout=_PATIENCE_SECONDS)
    wanted: dict[str, Any] = {"allow_patterns": list(patterns), "ignore_patterns": list(_NOT)}
    files = list(
        library("huggingface_hub.utils").filter_repo_objects(
            info.siblings or (), **wanted, key=lambda file: file.rfilename
        )
    )
    if not any(file.rfilename.endswith(".safetensors") for file in files):
        why = "the repository holds no weights in safetensors files; it may hold them in another format, such as GGUF"
        do = "Take the version of the model that was made for transformers; GGUF files run with Ollama"
        raise ModelError(Fault.BROKEN_FILES, f"{repository} cannot be used", why, do)
    missing = [
        (file.rfilename, file.size or 0)
        for file in files
        if not isinstance(try_to_load_from_cache(repository, file.rfilename, revision=info.sha), str)
    ]
    weights = dict(info.safetensors.parameters) if info.safetensors else {}
    return Listing(tuple(sorted(missing, key=lambda file: (file[1], file[0]))), weights)


def fetch(
    repository: str, patterns: tuple[str, ...], told: Callable[[int, int], None] = lambda done, total: None
) -> Path:
    """Download what is missing of a repository; returns the folder. What was broken off goes on where it was.

    Args:
        repository: name on the hub.
        patterns: of the names of the files.
        told: is called after every file with the bytes that have come, and those that come in all.

    Raises:
        ModelError: the repository does not exist, may not be read, or the hub cannot be reached.
    """
    from huggingface_hub import hf_hub_download

    listing = look_up(repository, patterns)
    _check_disk(repository, listing)
    done = 0
    with spoken(repository), quiet():
        for name, size in listing.missing:
            hf_hub_download(repository, name)
            done += size
            told(done, listing.left)
    folder = cached(repository, patterns)
    if folder is None:
        raise broken(repository, "the repository does not hold all the files that its weights are said to be in")
    return folder


def _check_disk(repository: str, listing: Listing) -> None:
    from huggingface_hub.constants import HF_HUB_CACHE

    shelf = next(folder for folder in (Path(HF_HUB_CACHE), *Path(HF_HUB_CACHE).parents) if folder.is_dir())
    free = disk_usage(shelf).free
    if listing.left > free:
        why = f"{size_in_words(listing.left)} are still to come, and the disk has room for {size_in_words(free)}"
        do = "Make room, or let the environment variable HF_HOME point to another disk"
        raise ModelError(Fault.BROKEN_FILES, f"{repository} cannot be fetched", why, do)


@contextmanager
def spoken(repository: str) -> Iterator[None]:
    """Turn what the hub's client raises into an error with something to do about it."""
    from huggingface_hub import get_token

    errors = library("huggingface_hub.errors")
    remember(get_token() or "")
    try:
        yield
    except (errors.HfHubHTTPError, errors.HTTPError, ConnectionError, FileNotFoundError, ValueError) as error:
        raise _fault(error, repository, logged_in=get_token() is not None) from error


def _fault(error: Exception, repository: str, *, logged_in: bool) -> ModelError:
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    page = f"https://huggingface.co/{repository}"
    if isinstance(error, GatedRepoError):
        what, terms = f"{repository} may not be downloaded", "its owner lets in only those who agreed to its terms"
        if logged_in:
            do = f"Agree on {page} with the account that the token belongs to, then try again"
            return ModelError(Fault.WRONG_KEY, what, terms + ", and this machine's token is not among them", do)
        do = f"Agree on {page}, then log in once with: hf auth login"
        return ModelError(Fault.NO_KEY, what, terms + ", and this machine is not logged in", do)
    if isinstance(error, RepositoryNotFoundError):
        why = "there is no such folder here, and the Hugging Face hub has no such repository, or not for everyone"
        do = "Check the name; if the repository is private, log in with: hf auth login"
        return ModelError(Fault.UNKNOWN_MODEL, f"there is no model {repository!r}", why, do)
    what = f"{repository} cannot be fetched from the Hugging Face hub"
    response = error.response if isinstance(error, HfHubHTTPError) else None
    if response is not None and response.status_code == 401:
        do = "Log in anew with: hf auth login"
        return ModelError(Fault.WRONG_KEY, what, "the hub does not accept this machine's token", do)
    if response is not None and response.status_code == 429:
        do = "Wait a few minutes, or log in with: hf auth login"
        return ModelError(Fault.RATE_LIMITED, what, "the hub has had too many requests from here", do)
    if response is not None:
        return ModelError(Fault.SERVER_ERROR, what, f"the hub answers {response.status_code}", "Try again later")
    why = f"the hub cannot be reached, and the model is not on this machine: {first_line(error)}"
    do = "Connect to the internet once to fetch it, or name a folder that holds a model"
    return ModelError(Fault.UNREACHABLE, what, why, do)
