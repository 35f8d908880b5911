"""`photocast doctor`."""

from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.pipeline.tiny_call import Called


@click.command(
    epilog=options.examples(
        "photocast doctor",
        "photocast doctor --call",
        "photocast doctor --model openai:any --base-url http://127.0.0.1:8000",
    )
)
@click.option("--call", is_flag=True, help="Make one tiny call to each model that is set up. No photo is sent.")
@click.option("--model", metavar="NAME", help="Call this model alone.")
@click.option("--base-url", metavar="URL", help="The server of that model, where it is not the provider's own.")
@options.common
def doctor(call: bool, model: str | None, base_url: str | None, as_json: bool) -> int:
    """Check this installation.

    Tells what is there, whether it is whole, and what could be better. With --call it asks the model that is
    configured, and one of every other provider that is set up, for one word.

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
    calls = _calls(model, base_url) if call or model else ()
    for one in calls:
        screen.say(*_lines("ok  " if one.ok else "BAD ", one.model, one.found, one.do))
    if call and not calls:
        screen.say("        no model is set up to be called; photocast models tells what each needs")
    screen.document(
        {"well": well, "findings": [asdict(one) for one in findings], "calls": [asdict(one) for one in calls]}
    )
    return 3 if not well else 5 if not all(one.ok for one in calls) else 0


def _calls(model: str | None, base_url: str | None) -> "tuple[Called, ...]":
    from photocast.pipeline import tiny_call

    return (tiny_call.call(model, base_url=base_url),) if model else tiny_call.call_all()


def _lines(mark: str, name: str, found: str, do: str | None) -> list[str]:
    return [f"  {mark}  {name:<12} {found}", *([f"        {'':<12} {do}"] if do else [])]
