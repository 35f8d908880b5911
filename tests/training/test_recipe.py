"""Recipes say what they mean, and errors in them are named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.schema import ConfigError, UsageError
from photocast.training import read_recipe, recipe_names, recipe_text
from photocast.training.recipe import BatchTable


def test_every_recipe_of_ours_can_be_used_and_says_what_it_needs() -> None:
    expected = {
        "sporc-vist-32b",
        "sporc-vist-8b-1gpu",
        "sporc-vist-4b-qlora",
        "sporc-vist-2b",
        "grpo-diadem-two-stage",
        "story-instruct",
        "tiny-cpu",
        "tiny-cpu-grpo",
    }
    assert expected <= set(recipe_names())
    for name in recipe_names():
        recipe = read_recipe(name)
        assert recipe.name == name
        assert recipe.needs.hours
        assert recipe.needs.how in {"measured", "stated", "estimated"}
        assert recipe.source


def test_a_recipe_written_out_is_the_same(tmp_path: Path) -> None:
    for name in recipe_names():
        recipe = read_recipe(name, ["optimisation.seed=7"])
        (tmp_path / "mine.yaml").write_text(recipe_text(recipe))
        assert read_recipe(str(tmp_path / "mine.yaml")) == recipe


def test_values_can_be_changed() -> None:
    recipe = read_recipe(
        "tiny-cpu", ["optimisation.learning_rate=1e-5", "lora.targets=[q_proj]", "data.validation=", "lora.rank=4"]
    )
    assert recipe.optimisation.learning_rate == 1e-5
    assert recipe.lora
    assert (recipe.lora.targets, recipe.lora.rank) == (("q_proj",), 4)
    assert recipe.data.validation == ""
    assert read_recipe("tiny-cpu", ["lora=null"]).lora is None


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("optimisation.learningrate=1", "optimisation.learningrate: there is no such value in a recipe"),
        ("optimisation.learning_rate=-1", "optimisation.learning_rate: Input should be greater than 0"),
        ("strategy=horovod", "strategy: Input should be 'ddp', 'fsdp2' or 'zero3'"),
        ("method=grpo", "a recipe with `method: grpo` needs a table `grpo`"),
        ("lora.rank=[", "cannot be read"),
    ],
)
def test_values_that_cannot_be_meant(setting: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        read_recipe("tiny-cpu", [setting])
    assert said in str(told.value)


def test_changes_that_name_nothing() -> None:
    with pytest.raises(UsageError, match="has no `=`"):
        read_recipe("tiny-cpu", ["optimisation.seed"])
    with pytest.raises(UsageError, match="lies in no table"):
        read_recipe("tiny-cpu", ["name.of.it=1"])


def test_recipes_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"photocast brings these: .*tiny-cpu"):
        read_recipe("tinycpu")
    with pytest.raises(UsageError, match="No such file"):
        read_recipe(str(tmp_path / "mine.yaml"))
    (tmp_path / "bad.yaml").write_text("name: [one\n")
    with pytest.raises(ConfigError, match=r"line \d"):
        read_recipe(str(tmp_path / "bad.yaml"))
    (tmp_path / "words.yaml").write_text("only words\n")
    with pytest.raises(ConfigError, match="no tables"):
        read_recipe(str(tmp_path / "words.yaml"))


@given(st.integers(1, 4), st.integers(1, 16), st.integers(1, 8), st.integers(1, 16))
def test_a_batch_is_as_large_on_any_number_of_processes(each: int, passes: int, devices: int, processes: int) -> None:
    batch = BatchTable(per_device=each, accumulation=passes, devices=devices)
    try:
        assert batch.accumulation_on(processes) * each * processes == batch.size
    except UsageError:
        assert batch.size % (each * processes)
