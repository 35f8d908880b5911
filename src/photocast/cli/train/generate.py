"""`photocast train generate`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.models import Sampling
    from photocast.training.generate import Engine

SOME_FAILED = 4
"""Exit code when an item has no talk."""
_FOLDER = click.Path(path_type=Path)
_COUNT = click.IntRange(min=1)


@click.command(
    epilog=options.examples(
        "photocast train generate albums/ --model runs/8b/final -o talks/",
        "photocast train generate corpus/dataset --model merged/ -o talks/ --engine vllm --shard 0/8",
    )
)
@click.argument("source", metavar="ALBUMS|DATASET", type=_FOLDER)
@click.option("--model", type=_FOLDER, required=True, metavar="DIR", help="A trained folder, or a whole model.")
@click.option("-o", "--out", type=_FOLDER, required=True, metavar="DIR", help="Folder of all shards.")
@click.option("--shard", default="0/1", show_default=True, metavar="K/N", help="This run's share of the items.")
@click.option("--engine", type=click.Choice(["transformers", "vllm"]), default="transformers", show_default=True)
@click.option("--gpus", type=_COUNT, default=1, show_default=True, metavar="N", help="For one model, with vllm.")
@click.option("--each", type=_COUNT, default=64, show_default=True, metavar="N", help="Items that are kept at a time.")
@click.option("--split", default="test", show_default=True, metavar="NAME", help="Of a dataset.")
@click.option("--speakers", type=click.IntRange(2, 4), default=2, show_default=True, metavar="N", help="Of albums.")
@click.option("--words", type=_COUNT, default=750, show_default=True, metavar="N", help="Of a talk about an album.")
@click.option("--language", default="en", show_default=True, metavar="CODE", help="Of talks about albums.")
@click.option("--prompts", type=_FOLDER, metavar="DIR", help="Folder with prompts of your own.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Another number, other talks.")
@options.common
def generate(
    source: Path,
    model: Path,
    out: Path,
    shard: str,
    engine: str,
    gpus: int,
    each: int,
    split: str,
    speakers: int,
    words: int,
    language: str,
    prompts: Path | None,
    seed: int,
    as_json: bool,
) -> int:
    """Have a model write about thousands of albums, or about the samples of a dataset.

    Every item is one question, as photocast make --style paper asks it, with pictures of the size of the training.
    Items are dealt to N shards that share nothing, so that N machines can write into one folder. A shard is kept in
    parts of --each items; a run that was killed goes on with the first part that is not there.
    """
    from photocast.cli.screen import Screen
    from photocast.models import Sampling
    from photocast.prompts import Prompts
    from photocast.training.generate import Question, Shard, open_source
    from photocast.training.generate import generate as write

    screen = Screen(as_json=as_json)
    mine, sampling = Shard.read(shard), Sampling(seed=seed)
    question = Question(Prompts(prompts), speakers, words, language, sampling)
    items = open_source(source, question, split=split)
    with screen.stages() as stages:
        made = write(items, _engine(engine, model, sampling, gpus), out, question, shard=mine, each=each, told=stages)
    screen.say(
        f"{made.items} items, {made.written} written about now; {made.cut} talks cut off, {made.failed} failed",
        f"{made.tokens:,} tokens of talk",
        str(mine.folder(out)),
    )
    screen.document({"folder": str(mine.folder(out)), **asdict(made)})
    return SOME_FAILED if made.failed else 0


def _engine(name: str, folder: Path, sampling: "Sampling", gpus: int) -> "Engine":
    from photocast.models.local.device import TOKENS_ON_ACCELERATOR
    from photocast.models.local.trained import read_trained

    trained = read_trained(folder)
    tokens = trained.image_tokens if trained else TOKENS_ON_ACCELERATOR
    if name == "vllm":
        from photocast.training.generate.vllm import VllmEngine

        return VllmEngine(folder, image_tokens=tokens, answer_tokens=sampling.max_tokens, gpus=gpus)
    from photocast.models.names import open_model
    from photocast.training.after.before_after import before_after
    from photocast.training.generate import TransformersEngine

    named = before_after(folder, folder / ".base").after if trained else f"hf:{folder}?image_tokens={tokens}"
    return TransformersEngine(open_model(named))
