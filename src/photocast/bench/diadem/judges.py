"""Who says whether two descriptions mean the same speaker: equal words, a table, or a model."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from photocast.bench.diadem import prompts
from photocast.metrics.attribution import same_name
from photocast.models import Image, Request
from photocast.models.asking import SAMPLING, Asking, NoAnswer
from photocast.runs import ModelUse
from photocast.schema import InputError, UsageError

MOST_FRAMES = 32
"""Frames that a model is shown of a clip; of more, so many are taken at equal distances."""
_WORD = re.compile(r"(?:\d+[.):]\s*)?\**(yes|no)\**[.,;]?", re.IGNORECASE)

Verdicts: TypeAlias = tuple[bool, ...] | NoAnswer


@dataclass(frozen=True, slots=True)
class Question:
    """The descriptions of one clip: as predicted, and as in the reference."""

    video: str
    pairs: tuple[tuple[str, str], ...]


class Judge(Protocol):
    """Decides about speakers."""

    @property
    def name(self) -> str:
        """As it is written into results."""
        ...

    @property
    def use(self) -> ModelUse | None:
        """What a model was asked, if one was."""
        ...

    def verdicts(self, questions: Sequence[Question]) -> list[Verdicts]:
        """For each clip one verdict for each pair, or why there is none."""
        ...


class ExactJudge:
    """Takes descriptions for the same that are equal but for case, punctuation and blanks."""

    name = "exact"
    use = None

    def verdicts(self, questions: Sequence[Question]) -> list[Verdicts]:
        """One verdict for each pair."""
        return [tuple(_same(same_name(one), same_name(other)) for one, other in asked.pairs) for asked in questions]


class AliasJudge:
    """Looks descriptions up in a table first; those that are not in it are compared as they are.

    Args:
        everywhere: canonical description by any description, as `same_name` writes it, for all clips.
        by_video: the same for single clips, which goes first.
    """

    name = "alias"
    use = None

    def __init__(self, everywhere: Mapping[str, str], by_video: Mapping[str, Mapping[str, str]]) -> None:
        self._everywhere, self._by_video = everywhere, by_video

    def verdicts(self, questions: Sequence[Question]) -> list[Verdicts]:
        """One verdict for each pair."""
        return [
            tuple(_same(self._who(asked.video, one), self._who(asked.video, other)) for one, other in asked.pairs)
            for asked in questions
        ]

    def _who(self, video: str, description: str) -> str:
        name = same_name(description)
        name = self._by_video.get(video, {}).get(name, name)
        return self._everywhere.get(name, name)


class ModelJudge:
    """Asks a model about all pairs of a clip in one question, with the frames of the clip if there are any.

    Args:
        asking: the model.
        frames: folder with a folder of JPEG files for each clip; None for words alone.

    Raises:
        UsageError: the folder is not there.
    """

    def __init__(self, asking: Asking, frames: Path | None = None) -> None:
        if frames is not None and not frames.is_dir():
            raise UsageError(f"cannot use --frames {frames}", "it is no folder", "Name a folder with one for each clip")
        self._asking, self._frames = asking, frames

    @property
    def name(self) -> str:
        """Of the model, and whether it sees the clips."""
        return f"{self._asking.name}{' with frames' if self._frames else ''}"

    @property
    def use(self) -> ModelUse:
        """What the model was asked."""
        return self._asking.use

    def verdicts(self, questions: Sequence[Question]) -> list[Verdicts]:
        """One verdict for each pair; where the model gives none, twice, the reason.

        Raises:
            ModelError: nothing can be had from the model.
            BudgetError: the next call could cost more than is left.
        """
        return self._asking.all(self._verdict, questions, "Judging")

    async def _verdict(self, asked: Question) -> Verdicts:
        if not asked.pairs:
            return ()
        frames = frames_of(self._frames, asked.video) if self._frames else ()
        if isinstance(frames, NoAnswer):
            return frames
        words = prompts.judging(asked.pairs, len(frames))
        request = Request((*frames, words), sampling=SAMPLING, purpose="judge")
        count = len(asked.pairs)
        return await self._asking.ask(request, lambda text: answers(text, count), prompts.judging_again(count))


def answers(text: str, count: int) -> tuple[bool, ...] | None:
    """So many times Yes or No, one a line or with blanks between, perhaps numbered; None for anything else."""
    said = text.strip()
    found: list[bool] = []
    while said:
        one = _WORD.match(said)
        if not one or (len(said) > one.end() and not said[one.end()].isspace()):
            return None
        found.append(one[1].lower() == "yes")
        said = said[one.end() :].lstrip()
    return tuple(found) if len(found) == count else None


def frames_of(folder: Path, video: str) -> tuple[Image, ...] | NoAnswer:
    """The frames of a clip in the order of the numbers in their names, at most 32, or why there are none."""
    files = sorted((folder / video).glob("*.jpg"), key=_by_number)
    if not files:
        return NoAnswer(f"there is no .jpg in {folder / video}")
    most = min(len(files), MOST_FRAMES)
    chosen = [files[at * len(files) // most] for at in range(most)]
    if broken := next((file for file in chosen if not _is_jpeg(file)), None):
        return NoAnswer(f"{broken} is no JPEG file")
    return tuple(Image(file.stem, file) for file in chosen)


def read_aliases(file: Path) -> AliasJudge:
    """The table of a TOML or JSON file: under `all` and `videos.ID`, a description with the others that mean the same.

    Raises:
        InputError: it cannot be read, is not in this form, or one description stands for two speakers.
    """
    table = _parsed(file)
    videos = table.get("videos", {})
    if unknown := set(table) - {"all", "videos"}:
        raise _broken(file, f"{min(unknown)!r} is neither all nor videos")
    if not isinstance(videos, Mapping):
        raise _broken(file, "videos is no table")
    return AliasJudge(
        _names(file, "all", table.get("all", {})),
        {str(video): _names(file, f"videos.{video}", names) for video, names in videos.items()},
    )


def _same(one: str, other: str) -> bool:
    """Whether two descriptions are equal; one without a word describes nobody."""
    return bool(one) and one == other


def _by_number(file: Path) -> tuple[tuple[int, str], ...]:
    """`f2` before `f10`."""
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", file.stem))


def _is_jpeg(file: Path) -> bool:
    from PIL import Image as Picture

    try:
        with Picture.open(file) as opened:
            return opened.format == "JPEG"
    except (OSError, SyntaxError, Picture.DecompressionBombError):  # of damaged files Pillow says it in many ways
        return False


def _parsed(file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_text("utf-8-sig")
        table = tomllib.loads(text) if file.suffix.lower() == ".toml" else json.loads(text)
    except OSError as error:
        raise _broken(file, (error.strerror or str(error)).lower()) from error
    except ValueError as error:
        raise _broken(file, f"it is not {'TOML' if file.suffix.lower() == '.toml' else 'JSON'}: {error}") from error
    if not isinstance(table, Mapping):
        raise _broken(file, "it holds no table")
    return table


def _names(file: Path, where: str, groups: Any) -> dict[str, str]:
    """The canonical description by every description of a table."""
    if not isinstance(groups, Mapping):
        raise _broken(file, f"{where} is no table")
    found: dict[str, str] = {}
    for canonical, names in groups.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise _broken(file, f"{canonical!r} in {where} has no list of descriptions")
        for name in (canonical, *names):
            if found.setdefault(same_name(name), same_name(canonical)) != same_name(canonical):
                raise _broken(file, f"{name!r} in {where} stands for two speakers")
    return found


def _broken(file: Path, why: str) -> InputError:
    return InputError(f"cannot use the aliases {file}", why.rstrip("."), "Correct it; docs/diadem.md shows its form")
