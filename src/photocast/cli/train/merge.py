"""`photocast train merge TRAINED -o FOLDER`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.training.after.merge import Merged


@click.command(
    epilog=options.examples(
        "photocast train merge runs/sporc-8b -o sporc-8b/",
        "photocast train merge my-adapter/ -o merged/ --base Qwen/Qwen3-VL-8B-Instruct --dtype float32",
    )
)
@click.argument("trained", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="A new folder.")
@click.option("--base", metavar="MODEL", help="Folder or repository of the model.  [default: as the adapter says]")
@click.option(
    "--dtype",
    type=click.Choice(["bfloat16", "float16", "float32"]),
    help="Of the merged weights; float32 rounds nothing away and takes twice the space.  [default: that of the model]",
)
@click.option("--device", metavar="NAME", help="Where both are compared: cuda, mps or cpu.  [default: the best]")
@options.common
def merge(trained: Path, out: Path, base: str | None, dtype: str | None, device: str | None, as_json: bool) -> None:
    """Merge an adapter into its model, for programs that take no adapters.

    TRAINED is the folder of a training, or of an adapter. Before the result gets its name it is read back from the
    disk, and what it says to three questions with photos is compared with what the model and its adapter say; the
    comparison is in DIR/merge.json. What `photocast make --model hf:DIR` needs is all in DIR.
    """
    from photocast.cli.screen import Screen
    from photocast.training.after.merge import merge as merged

    screen = Screen(as_json=as_json)
    done = merged(trained, out, base=base, dtype=dtype, device=device, told=lambda step: screen.note(f"  {step}"))
    screen.say(*_lines(done), *(f"  note: {warning}" for warning in done.warnings), str(out))
    screen.document({"folder": str(out), **done.model_dump(mode="json")})


def _lines(done: "Merged") -> list[str]:
    drift, effect, change = done.drift, done.effect, done.change
    return [
        f"{done.adapter} merged into {done.base}: {change.matrices} matrices, {done.dtype}",
        f"  survives   {change.kept:.1%} of the change; rounding adds {change.error:.1%} beside it",
        f"  logits     differ by {drift.largest:.2g} at most, {drift.mean:.2g} in the mean",
        f"  next words {drift.kl:.2g} nats apart (KL; {done.tolerance:g} allowed), the same in {drift.top_1:.1%}",
        f"  adapter    moves them by {effect.kl:.2g} nats, the same in {effect.top_1:.1%}",
    ]
