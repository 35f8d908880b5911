"""What kind of model lies in a folder: whether it is one that sees photos, and what prepares them for it."""

from pathlib import Path
from typing import Any

from photocast.models.local.chat import SEEING
from photocast.models.local.installed import first_line, library, not_installed
from photocast.models.local.weights import broken, read_json
from photocast.schema import Fault, ModelError

FROM_FOLDER = {"local_files_only": True, "trust_remote_code": False}
"""Nothing is looked for elsewhere, no program code that lies with a model is run, and nobody is asked about it."""


def read_settings(folder: Path, name: str) -> dict[str, Any]:
    """The settings that every model has, as they are written.

    Raises:
        ModelError: there are none, as in a folder that holds an adapter alone, or they are damaged.
    """
    if not (folder / "config.json").is_file():
        raise _no_model(folder, name)
    return read_json(folder / "config.json", name)


def read_config(folder: Path, name: str) -> Any:
    """The configuration of a model that takes photos and answers in words.

    Raises:
        ModelError: the model is of another kind, of one that transformers does not know, or its file is damaged.
    """
    settings = read_settings(folder, name)
    kind = str(settings.get("model_type", "unknown"))
    if kind not in library("transformers").CONFIG_MAPPING:
        raise _unknown_kind(name, kind, has_code="auto_map" in settings)
    try:
        config = library("transformers").AutoConfig.from_pretrained(folder, **FROM_FOLDER)
    except Exception as error:  # settings that do not fit together fail in as many ways as there are settings
        raise broken(name, f"config.json makes no sense: {first_line(error)}") from error
    if type(config) not in library("transformers").MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING:
        why = f"a model of the kind {kind!r} does not take photos and answer in words"
        raise ModelError(Fault.NO_IMAGES, f"{name} cannot see photos", why, SEEING)
    return config


def read_processor(folder: Path, name: str) -> Any:
    """What prepares photos and words for the model.

    Raises:
        ModelError: it is missing, damaged, or needs a package that is; or it has no way of placing photos in a chat.
    """
    try:
        processor = library("transformers").AutoProcessor.from_pretrained(folder, **FROM_FOLDER)
    except ImportError as error:
        raise not_installed(name, error) from error
    except Exception as error:  # as for configurations
        raise broken(name, f"what prepares photos for it cannot be read: {first_line(error)}") from error
    if not (hasattr(processor, "image_processor") and hasattr(processor, "tokenizer")):
        # where files are missing, a tokenizer alone may come back, without a word
        raise broken(name, "what prepares photos for it is missing: processor_config.json or preprocessor_config.json")
    if not (processor.chat_template or processor.tokenizer.chat_template):
        why = "it has no chat template, so there is no telling where photos go in a question"
        raise ModelError(Fault.NO_IMAGES, f"{name} cannot be shown photos", why, SEEING)
    return processor


def _no_model(folder: Path, name: str) -> ModelError:
    adapter = folder / "adapter_config.json"
    if not adapter.is_file():
        return broken(name, "there is no config.json in it")
    base = read_json(adapter, name).get("base_model_name_or_path") or "MODEL"
    do = f"Name the model that it goes on before it: hf:{base}+{folder.name}"
    return ModelError(Fault.BROKEN_FILES, f"{name} is no model", "it is an adapter", do)


def _unknown_kind(name: str, kind: str, *, has_code: bool) -> ModelError:
    why = f"transformers {library('transformers').__version__} does not know its kind, {kind!r}"
    if has_code:
        why += "; it comes with program code of its own, which photocast does not run"
        do = "Take the version of it that was made for transformers, often named with -hf at the end"
    else:
        do = "Update transformers: pip install --upgrade transformers"
    return ModelError(Fault.UNKNOWN_MODEL, f"{name} cannot be loaded", why, do)
