"""From predictions and references to figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from photocast.bench.diadem.extraction import extract
from photocast.bench.diadem.judges import Judge, Question, Verdicts
from photocast.bench.diadem.records import Prediction, Reference
from photocast.bench.diadem.results import DiademResult, Judged, Video, VideoFailure
from photocast.bench.diadem.summary import RESAMPLES, SEED, Clip, grouped, kinds_of
from photocast.metrics.attribution import (
    Alignment,
    Rates,
    Utterance,
    WordErrors,
    attribution,
    clean,
    cpwer,
    match,
    transcription,
)
from photocast.models.asking import Asking, NoAnswer
from photocast.schema import InputError, UndefinedMetric

_OFFICIAL = (
    "official: a clip for which nothing is predicted has a precision of 100 (corrected: it is left out of the mean of "
    "precision, and counted); a clip without speech in the reference has a recall of 100 (corrected: left out)",
    "official: a line whose only colon is full-width (：) is lost (corrected: it is read)",
    "official: a clip with utterances that have no word on both sides is dropped (corrected: such lines are left out)",
    "official: a clip that could not be judged is dropped from ASR too (corrected: from REF alone, and counted)",
    "official, not reproduced: the published script judges every clip three times and keeps the last verdict; with a "
    "judge at temperature 0 that changes the cost alone",
)
_ALWAYS = "F1 is of the mean recall and the mean precision; it is not the mean of the F1 of the clips"


@dataclass(frozen=True)
class _Scored:
    """What is known of one clip, filled in step by step."""

    reference: Reference
    failures: tuple[VideoFailure, ...] = ()
    predicted: tuple[Utterance, ...] = ()
    meant: tuple[Utterance, ...] = ()
    unread: tuple[int, int] = (0, 0)
    """Lines of the prediction and of the reference that have no speaker, or no word."""
    alignment: Alignment | None = None
    words: WordErrors | None = None
    same: tuple[bool, ...] | None = None

    @property
    def video(self) -> str:
        """Id of the clip."""
        return self.reference.video_id

    def failed(self, stage: str, reason: str) -> "_Scored":
        """The same with something that went wrong."""
        return replace(self, failures=(*self.failures, VideoFailure(video_id=self.video, stage=stage, reason=reason)))

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The speakers of each match: of its first line on either side."""
        matches = self.alignment.matches if self.alignment else ()
        return tuple(
            (self.predicted[one.predicted.start].speaker, self.meant[one.reference.start].speaker) for one in matches
        )


def evaluate(
    predictions: Mapping[str, Prediction],
    references: Mapping[str, Reference],
    judge: Judge,
    *,
    extractor: Asking | None = None,
    official: bool = False,
) -> DiademResult:
    """REF, ASR and cpWER of predictions, over all clips that there are references for.

    A clip without a prediction counts as one for which nothing was predicted, and is listed. A clip that could not be
    extracted has no figures, one that could not be judged has no REF; both are listed, and lower the coverage.

    Args:
        predictions: by the id of the clip.
        references: by the id of the clip.
        judge: decides about speakers.
        extractor: takes the lines out of every `pred`; without one it must be lines already.
        official: count as the published script does.

    Raises:
        InputError: there is no reference, or a prediction is prose and there is no extractor.
        ModelError: a model is needed and cannot be had, or a package is missing.
        BudgetError: the next call could cost more than is left.
    """
    if not references:
        raise InputError("there is nothing to score", "no clip has a reference", "Give references")
    lines = _lines(predictions, references, extractor)
    clips = [_matched(one, lines.get(video), official=official) for video, one in references.items()]
    clips = [_worded(clip) for clip in clips]
    questions = [Question(clip.video, clip.pairs()) for clip in clips if clip.alignment]
    verdicts = dict(zip((one.video for one in questions), judge.verdicts(questions), strict=True))
    clips = [_judged(clip, verdicts.get(clip.video)) for clip in clips]
    figures = [_figures(clip, official=official) for clip in clips]
    overall, strata = grouped(figures)
    return DiademResult(
        n=len(clips),
        coverage=sum(not clip.failures for clip in clips) / len(clips),
        failed=tuple(failure for clip in clips for failure in clip.failures),
        without_reference=tuple(video for video in predictions if video not in references),
        overall=overall,
        strata=strata,
        cpwer=overall.cpwer,
        official=official,
        judge=judge.name,
        extractor=extractor.name if extractor else None,
        use=tuple(use for use in (extractor.use if extractor else None, judge.use) if use),
        notes=tuple(_notes(clips, official=official)),
        videos=tuple(_video(clip, one) for clip, one in zip(clips, figures, strict=True)),
        resamples=RESAMPLES,
        seed=SEED,
    )


def _lines(
    predictions: Mapping[str, Prediction], references: Mapping[str, Reference], extractor: Asking | None
) -> dict[str, list[str] | NoAnswer]:
    """What is predicted for each clip that has a reference."""
    wanted = {video: one for video, one in predictions.items() if video in references}
    if extractor is None:
        return {video: one.lines() for video, one in wanted.items()}
    captions = {video: one.caption for video, one in wanted.items() if one.caption is not None}
    ready = {video: one.lines() for video, one in wanted.items() if one.caption is None}
    return {**ready, **extract(extractor, captions)}


def _matched(reference: Reference, lines: Sequence[str] | NoAnswer | None, *, official: bool) -> _Scored:
    """A clip with its utterances, and how they go together."""
    clip = _Scored(reference)
    if isinstance(lines, NoAnswer):
        return clip.failed("extraction", lines.reason)
    if lines is None:
        clip, lines = clip.failed("prediction", "there is none; scored as if nothing were predicted"), ()
    predicted = clean(lines, official=official)
    meant = clean(reference.gt_dialogues, official=official)
    unread = len(lines) - len(predicted), len(reference.gt_dialogues) - len(meant)
    clip = replace(clip, predicted=tuple(predicted), meant=tuple(meant), unread=unread)
    try:
        return replace(clip, alignment=match(predicted, meant))
    except UndefinedMetric as error:
        return clip.failed("matching", f"{error.what}: {error.why}; the published script drops the clip")


def _worded(clip: _Scored) -> _Scored:
    return replace(clip, words=cpwer(clip.predicted, clip.meant)) if clip.alignment else clip


def _judged(clip: _Scored, verdicts: Verdicts | None) -> _Scored:
    if isinstance(verdicts, NoAnswer):
        return clip.failed("judge", verdicts.reason)
    return replace(clip, same=verdicts)


def _figures(clip: _Scored, *, official: bool) -> Clip:
    """What goes into the means."""
    asr = ref = None
    if clip.alignment and (clip.same is not None or not official):
        asr = _counted(transcription(clip.alignment), official=official)
    if clip.alignment and clip.same is not None:
        ref = _counted(attribution(clip.alignment, clip.same), official=official)
    return Clip(kinds_of(clip.reference), asr, ref, clip.words)


def _counted(rates: Rates, *, official: bool) -> Rates:
    return rates.official if official else rates


def _video(clip: _Scored, figures: Clip) -> Video:
    asr, ref, words = figures.asr or Rates(None, None), figures.ref or Rates(None, None), clip.words
    matches = clip.alignment.matches if clip.alignment else ()
    same = clip.same if clip.same is not None else (None,) * len(matches)
    return Video(
        video_id=clip.video,
        ref_recall=_per_cent(ref.recall),
        ref_precision=_per_cent(ref.precision),
        asr_recall=_per_cent(asr.recall),
        asr_precision=_per_cent(asr.precision),
        word_errors=words.errors if words else None,
        words=words.words if words else None,
        matches=tuple(
            Judged(predicted=pair[0], reference=pair[1], similarity=one.similarity, same=verdict)
            for pair, one, verdict in zip(clip.pairs(), matches, same, strict=True)
        ),
    )


def _per_cent(rate: float | None) -> float | None:
    return None if rate is None else 100 * rate


def _notes(clips: Sequence[_Scored], *, official: bool) -> Iterator[str]:
    """What a reader of the figures must know."""
    yield _ALWAYS
    if official:
        yield from _OFFICIAL
    for side, whose in enumerate(("predictions", "references")):
        if unread := sum(clip.unread[side] for clip in clips):
            lines = "1 line" if unread == 1 else f"{unread} lines"
            yield f"{lines} of the {whose} could not be read: no colon{'' if official else ', or no word'}; left out"
