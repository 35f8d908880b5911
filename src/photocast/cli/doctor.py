"""`photocast doctor`."""

import click

from photocast.cli import options


@click.command(epilog=options.examples("photocast doctor"))
@options.common
def doctor(as_json: bool) -> int:
    """Check this installation.

    Tells what is there, whether it is whole, and what could be better.

    Exits with 3 when something that photocast needs is missing or damaged.
    """
    from dataclasses import asdict

    from photocast.cli.screen import Screen
    from photocast.pipeline.doctor import examine

    screen = Screen(as_json=as_json)
    findings = examine()
    well = all(finding.ok or not finding.needed for finding in findings)
    for finding in findings:
        mark = "ok  " if finding.ok else "BAD " if finding.needed else "note"
        screen.say(f"  {mark}  {finding.name:<12} {finding.found}")
        if finding.do:
            screen.say(f"        {'':<12} {finding.do}")
    screen.document({"well": well, "findings": [asdict(finding) for finding in findings]})
    return 0 if well else 3
