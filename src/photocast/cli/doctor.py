"""`photocast doctor`."""

import click

from photocast.cli import options


@click.command(epilog=options.examples("photocast doctor", "photocast doctor --call"))
@click.option("--call", is_flag=True, help="Make one tiny call to each model that is set up. No photo is sent.")
@click.option("--model", metavar="NAME", help="Call this model instead.")
@options.common
def doctor(call: bool, model: str | None, as_json: bool) -> int:
    """Check this installation.

    Tells what is there, whether it is whole, and what could be better.

    Exits with 3 when something that photocast needs is missing or damaged, and with 5 when a call fails.
    """
    from dataclasses import asdict

    from photocast.cli.screen import Screen
    from photocast.pipeline.doctor import examine

    screen = Screen(as_json=as_json)
    findings = examine()
    well = all(finding.ok or not finding.needed for finding in findings)
    for finding in findings:
        mark = "ok  " if finding.ok else "BAD " if finding.needed else "note"
        screen.say(*_lines(mark, finding.name, finding.found, finding.do))
    calls = []
    if call or model:
        from photocast.pipeline.offers import callable_models
        from photocast.pipeline.tiny_call import call as tiny_call

        for name in (model,) if model else callable_models():
            calls.append(tiny_call(name))
            screen.say(*_lines("ok  " if calls[-1].ok else "BAD ", name, calls[-1].found, calls[-1].do))
        if not calls:
            screen.say("        no model is set up to be called; photocast models tells what each needs")
    screen.document(
        {"well": well, "findings": [asdict(one) for one in findings], "calls": [asdict(one) for one in calls]}
    )
    return 3 if not well else 5 if not all(one.ok for one in calls) else 0


def _lines(mark: str, name: str, found: str, do: str | None) -> list[str]:
    return [f"  {mark}  {name:<12} {found}", *([f"        {'':<12} {do}"] if do else [])]
