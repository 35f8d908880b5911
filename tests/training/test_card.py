"""The card of a model says what is recorded of its training, and of all else that it is not."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from photocast.models.local.trained import Trained, write_trained
from photocast.runs.report import ModelUse
from photocast.schema import InputError
from photocast.testing.pairs import make_pairs, write_dataset
from photocast.training import read_recipe, recipe_text
from photocast.training.after.card import render_card, write_card
from photocast.training.after.curve import Point, curves
from photocast.training.after.evaluation import (
    Change,
    Comparison,
    Evaluation,
    Leak,
    Mean,
    Preference,
    read_evaluation,
    write_evaluation,
)
from photocast.training.after.known import gather
from photocast.training.after.papers import papers
from photocast.training.folder import RunFolder, append_line
from photocast.training.rewards import Judged

BASE = "Qwen/Qwen3-VL-8B-Instruct"

PLEASED = Judged(
    judge="openai:pleased",
    prompts="1",
    texts=8,
    empty=0,
    unanswered=0,
    use=ModelUse(model="openai:pleased", way="direct", prompts="1"),
)


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "colours"
    write_dataset(folder, make_pairs(12, exchanges=1))
    return folder


def begun(folder: Path, recipe: str = "sporc-vist-8b-1gpu", *settings: str) -> RunFolder:
    """A training that has a recipe and nothing else."""
    run = RunFolder(folder)
    run.path.mkdir(parents=True)
    run.recipe.write_text(recipe_text(read_recipe(recipe, settings)), "utf-8")
    return run


def ended(run: RunFolder, dataset: Path, **facts: Any) -> RunFolder:
    """The same when it has come to its end: facts, a log, an adapter."""
    recipe = read_recipe(str(run.recipe))
    said = {
        "photocast": "0.9",
        "dataset": str(dataset),
        "splits": {"train": {"fingerprint": "ab12", "samples": 9}},
        "processes": 8,
        "trainable_weights": 43_646_976,
        "steps": 126,
        "coverage": {"rows": 9, "seen": 9, "never": 0, "times": {"1": 9}},
        "versions": {"torch": "2.13.0"},
    }
    run.facts.write_text(json.dumps(said | facts), "utf-8")
    for step, loss in ((1, 3.5), (2, 2.5), (3, 2.75)):
        append_line(run.log, {"step": step, "loss": loss, "epoch": step / 3})
    append_line(run.log, {"step": 3, "eval_loss": 2.9})
    run.final.mkdir()
    (run.final / "adapter_config.json").write_text("{}", "utf-8")
    write_trained(
        run.final,
        Trained(image_tokens=recipe.images.tokens, base=recipe.model.base, recipe=recipe.name, method=recipe.method),
    )
    return run


def evaluated(run: RunFolder, leak: Leak) -> None:
    turns = Change(
        metric="turns",
        title="turns",
        unit="turns",
        before=Mean(value=12.34, ci95=(10.0, 15.0)),
        after=Mean(value=30.0, ci95=(28.0, 32.0)),
        difference=17.66,
        ci95=(14.0, 21.0),
        p_holm=0.002,
        n=50,
        people=31.0,
        better="after",
    )
    write_evaluation(
        run.path / "eval",
        Evaluation(
            photocast="0.9",
            before=f"hf:{BASE}",
            after="hf:it",
            items=tuple(f"i{number}" for number in range(50)),
            style="paper",
            words=750,
            reference="interview",
            leak=leak,
            comparisons=(Comparison(other="before", changes=(turns,)),),
            judges=("openai:fair",),
            preferences=(Preference(criterion="flow", rate=0.75, ci95=(0.6, 0.9), items=50),),
        ),
    )


def header_of(card: str) -> dict[str, Any]:
    """The header as the Hub reads it."""
    import huggingface_hub

    return dict(huggingface_hub.ModelCard(card).data.to_dict())


def test_the_hub_reads_the_header(tmp_path: Path, dataset: Path) -> None:
    run = ended(begun(tmp_path / "run"), dataset)
    path = write_card(gather(run, licence="apache-2.0"), run.final)
    assert path == run.final / "README.md"
    assert header_of(path.read_text("utf-8")) == {
        "base_model": BASE,
        "library_name": "peft",
        "pipeline_tag": "image-text-to-text",
        "license": "apache-2.0",
        "language": ["en"],
        "tags": ["photocast", "podcast", "dialogue", "visual-storytelling", "sft", "lora"],
    }


def test_it_says_what_was_used_and_what_came_of_it(tmp_path: Path, dataset: Path) -> None:
    run = ended(begun(tmp_path / "run"), dataset)
    evaluated(run, Leak(compared=True))
    text = render_card(gather(run, licence="apache-2.0"), run.final)
    for line in (
        "| `optimisation.learning_rate` | 4e-06 |",
        f"| `model.base` | {BASE} |",
        "| samples in a step | 32 |",
        "| processes | 8 |",
        "| weights that were trained | 43,646,976 |",
        "| samples seen | 9 of 9, 0 never; by how often: 1 9 |",
        "| packages | torch 2.13.0 |",
        "| training loss | 3 | 3.5 (step 1) | 2.75 (step 3) | 2.5 (step 2) |",
        "| validation loss | 1 | 2.9 (step 3) | 2.9 (step 3) | 2.9 (step 3) |",
        "| turns | turns | 12.3 (10 to 15) | 30 (28 to 32) | 17.7 (14 to 21) | 0.002 | 50 | 31 | after |",
        "| flow | 0.75 (0.6 to 0.9) | 50 |",
        "- `train`: 9 samples, fingerprint `ab12`",
        "- Pictures were drawn by: made-up-pictures 12",
        "- nothing that this card asks for",
    ):
        assert line in text, line
    assert "441 tokens each at most" in text
    assert "No picture of the evaluation is among those of the training" in text
    assert "arXiv:2601.01062" in text
    assert "It is not the published training." in text
    assert str(tmp_path) not in text, "where things lie is nobody's business"
    assert "Rewards" not in text


def test_of_a_training_that_has_only_begun_it_says_what_is_missing(tmp_path: Path) -> None:
    run = begun(tmp_path / "run")
    path = write_card(gather(run), run.path)
    text = path.read_text("utf-8")
    assert "**This training has not come to its end." in text
    assert "license" not in header_of(text)
    assert "| steps | not recorded |" in text
    assert "| samples seen | not recorded |" in text
    assert "The curve of the training is not recorded." in text
    assert "Not measured. Nothing is known of how good it is." in text
    missing = text.partition("## What is not recorded")[2].partition("##")[0].strip().splitlines()
    assert len(missing) == 6


def test_rewards_are_named_and_so_is_their_judge(tmp_path: Path, dataset: Path) -> None:
    run = ended(
        begun(tmp_path / "run", "grpo-diadem-two-stage"), dataset, rewarded_by=[PLEASED.model_dump(mode="json")]
    )
    text = render_card(gather(run), run.final)
    assert "| easy | easy | 1e-05 | 0.04 | labels 1, shape 1, compliance 0.5, length 0.5, repetition 0.5 |" in text
    assert "**`openai:pleased` was a judge whose verdicts were rewards. It must not judge this model" in text
    assert "by reinforcement (GRPO)" in text
    assert [number for number, _ in papers(read_recipe("grpo-diadem-two-stage"), sporc=True)] == [
        "2601.19267",
        "2510.10395",
        "2411.07892",
        "2106.09685",
        "2402.03300",
    ]


@pytest.mark.parametrize(
    ("leak", "said"),
    [
        (Leak(compared=False), "**Nobody could tell whether pictures of the training are among those"),
        (Leak(compared=True, pictures=3, items=("a", "b")), "**3 pictures of the evaluation are among those of the"),
    ],
)
def test_a_leak_is_said(leak: Leak, said: str, tmp_path: Path, dataset: Path) -> None:
    run = ended(begun(tmp_path / "run"), dataset)
    evaluated(run, leak)
    assert said in render_card(gather(run), run.final)
    assert read_evaluation(run.path / "eval") is not None


def test_bases_in_folders_are_not_for_the_hub(tmp_path: Path, dataset: Path) -> None:
    base = tmp_path / "secret" / "my-base"
    base.mkdir(parents=True)
    run = ended(begun(tmp_path / "run", "tiny-cpu", f"model.base={base}"), dataset)
    text = render_card(gather(run), run.final)
    assert "base_model" not in header_of(text)
    assert "LoRA adapter for `my-base`" in text
    assert "secret" not in text


def test_a_merged_model_is_one_of_transformers(tmp_path: Path, dataset: Path) -> None:
    run = ended(begun(tmp_path / "run"), dataset)
    merged = tmp_path / "merged"
    shutil.copytree(run.final, merged)
    (merged / "config.json").write_text("{}", "utf-8")
    path = write_card(gather(run), merged)
    assert header_of(path.read_text("utf-8"))["library_name"] == "transformers"
    assert "a further training of" in path.read_text("utf-8")

    other = Trained(image_tokens=16, base="another/one", recipe="tiny-cpu", method="sft")
    write_trained(merged, other)
    with pytest.raises(InputError, match="holds no model of the training"):
        write_card(gather(run), merged)
    with pytest.raises(InputError, match=r"there is no photocast\.json in it"):
        write_card(gather(run), tmp_path)


def test_words_of_somebody_are_not_written_over(tmp_path: Path, dataset: Path) -> None:
    run = ended(begun(tmp_path / "run"), dataset)
    card = run.final / "README.md"
    card.write_text("---\nlibrary_name: peft\n---\n# Model Card\n[More Information Needed]\n", "utf-8")
    write_card(gather(run), run.final)  # what PEFT leaves says nothing
    first = card.read_text("utf-8")
    write_card(gather(run, licence="mit"), run.final)
    assert card.read_text("utf-8") != first
    card.write_text(card.read_text("utf-8").replace("Run it", "Run it, please"), "utf-8")
    kept = card.read_text("utf-8")
    with pytest.raises(InputError, match="it was changed since it was written"):
        write_card(gather(run), run.final)
    assert card.read_text("utf-8") == kept
    card.write_text("# Mine\n", "utf-8")
    with pytest.raises(InputError, match="somebody else has written it"):
        write_card(gather(run), run.final)


def test_damaged_records_are_not_passed_over(tmp_path: Path, dataset: Path) -> None:
    run = ended(begun(tmp_path / "run"), dataset)
    (run.path / "eval").mkdir()
    (run.path / "eval" / "eval.json").write_text('{"format": 2}', "utf-8")
    with pytest.raises(InputError, match="another photocast wrote it"):
        gather(run)
    run.facts.write_text("{", "utf-8")
    with pytest.raises(InputError, match=r"run\.json cannot be read"):
        gather(run)


def test_curves_by_hand() -> None:
    log = [
        {"step": 1, "loss": 4.0, "reward": 0.25},
        {"step": 2, "loss": 1.0, "learning_rate": 1e-5},
        {"step": 2, "loss": 2.0},  # the step was done again after a stop
        {"step": 3, "loss": float("nan"), "reward": "high"},
        {"train_runtime": 3.0},
    ]
    loss, reward, rate = curves(log)
    assert (loss.title, loss.points, loss.first, loss.last, loss.best) == (
        "training loss", 2, Point(1, 4.0), Point(2, 2.0), Point(2, 2.0),
    )  # fmt: skip
    assert (reward.title, reward.best) == ("mean reward", Point(1, 0.25))
    assert (rate.title, rate.best) == ("learning rate", None)
    assert curves([]) == ()


def test_the_command(tmp_path: Path, dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from photocast.cli.main import run as command

    run = ended(begun(tmp_path / "run"), tmp_path / "elsewhere")
    assert command(["train", "card", str(run.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"cards": [str(run.final / "README.md")], "done": True}
    assert "its card was not there" in (run.final / "README.md").read_text("utf-8")
    assert command(["train", "card", str(run.path), "--dataset", str(dataset)]) == 0
    assert "The dataset `" in (run.final / "README.md").read_text("utf-8")
    capsys.readouterr()
    assert command(["train", "card", str(tmp_path)]) == 4
    assert "there is no recipe.yaml in it" in capsys.readouterr().err
