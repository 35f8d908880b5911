"""What a trained model came from, as `run.json` says it to those who come after the training."""

from pathlib import Path
from typing import Any

from photocast.schema import InputError
from photocast.training.folder import RunFolder
from photocast.training.rewards import Judged


def facts_of(run: RunFolder) -> dict[str, Any]:
    """All of it; empty for a training that has not come to its first step.

    Raises:
        InputError: the file is damaged.
    """
    try:
        return run.read_facts()
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        do = "Go on with the training, which writes it anew"
        raise InputError(f"{run.facts} cannot be read", str(error), do) from error


def dataset_of(facts: dict[str, Any]) -> Path | None:
    """Where the dataset was; None where that is not recorded, or nothing is there any more."""
    path = Path(facts["dataset"]) if facts.get("dataset") else None
    return path if path is not None and path.exists() else None


def rewarding_judges(facts: dict[str, Any]) -> tuple[Judged, ...]:
    """The models whose verdicts were rewards."""
    return tuple(Judged.model_validate(judged) for judged in facts.get("rewarded_by", ()))
