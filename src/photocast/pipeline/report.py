"""The report of a run."""

from collections.abc import Mapping, Sequence

from photocast.runs import Clock, Figure, ModelUse, PhotoCount, Report
from photocast.schema import FactSheet, Plan, Script


def report_of(
    script: Script,
    plan: Plan,
    clock: Clock,
    weights: Mapping[str, str],
    use: ModelUse | None = None,
    notes: Sequence[str] = (),
) -> Report:
    """How an episode was made."""
    used, aside = len(plan.album.photos), len(plan.album.set_aside)
    return Report.of_this_machine(
        writer=script.provenance.writer if script.provenance else plan.writer.model,
        model=use,
        seed=plan.brief.seed,
        photos=PhotoCount(found=used + aside, used=used, set_aside=aside),
        seconds=clock.seconds,
        cpu_seconds=clock.cpu_seconds,
        bytes_sent=use.bytes_sent if use else 0,
        weights=dict(weights),
        notes=tuple(notes),
    )


def judged(report: Report, script: Script, facts: FactSheet, plan: Plan) -> Report:
    """The report with the checks and the style figures of the script as it is now."""
    from photocast.writing import check

    brief = plan.brief.model_copy(update={"words": plan.words})  # what the writer aimed at, asked for or not
    problems = check(script, facts, brief, photos=[photo.id for photo in plan.album.photos])
    checks = tuple(f"{one.turn}: {one.detail} ({one.rule})" for one in problems)
    return report.model_copy(update={"checks": checks, "style": style_of(script)})


def style_of(script: Script) -> tuple[Figure, ...]:
    """The shape of the script beside the band in which four of five people's conversations lie."""
    from photocast.metrics import beside_people, fitting, reference

    people = reference(fitting(script))
    return tuple(
        Figure(
            name=one.metric,
            value=None if one.value is None else round(one.value, 4),
            low=one.low,
            high=one.high,
            reference=f"{people.title}, 10th to 90th percentile",
        )
        for one in beside_people(script, people)
    )
