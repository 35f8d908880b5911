"""`photocast train recipes`: what there is, and the beginning of a recipe of one's own."""

from pathlib import Path
from typing import Any

from photocast.training import read_recipe, recipe_names


def test_every_recipe_is_listed_with_what_it_needs(run: Any) -> None:
    ran = run("train", "recipes")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == list(recipe_names())
    assert (
        "    needs 8 GPUs of 80 GB, about 11 hours (stated: by the paper, on 8 A100, with a peak of 75 GB; photocast"
        in ran.out
    )
    assert set(run("train", "recipes", "--json").document) == set(recipe_names())


def test_a_recipe_is_printed_as_a_file_to_begin_with(run: Any, tmp_path: Path) -> None:
    for name in recipe_names():
        ran = run("train", "recipes", name, "--set", "optimisation.seed=5")
        assert ran.code == 0, ran.err
        (tmp_path / "mine.yaml").write_text(ran.out)
        assert read_recipe(str(tmp_path / "mine.yaml")) == read_recipe(name, ["optimisation.seed=5"])
    assert run("train", "recipes", "sporc-vist-32b").out.startswith(
        "# By arithmetic, for data like the paper's: 134 of 33,357 million weights trained, 126 steps,\n"
    )
