"""Opening a dataset: what is trained on is what lies in the folder now."""

import shutil
from pathlib import Path

from photocast.testing.pairs import make_pairs, write_dataset
from photocast.training.dataset import open_data
from photocast.training.recipe import DataTable

TABLE = DataTable()


def test_two_datasets_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """The cache of the library knows folders by their last name alone."""
    write_dataset(tmp_path / "one" / "dataset", make_pairs(12, exchanges=1))
    write_dataset(tmp_path / "two" / "dataset", make_pairs(16, podcasts=8, exchanges=1))
    assert len(open_data(tmp_path / "one" / "dataset", TABLE).train) == 8
    assert len(open_data(tmp_path / "two" / "dataset", TABLE).train) == 12


def test_a_dataset_that_was_packed_again_is_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "dataset"
    write_dataset(folder, make_pairs(12, exchanges=1))
    assert len(open_data(folder, TABLE).train) == 8
    shutil.rmtree(folder)
    write_dataset(folder, make_pairs(16, podcasts=8, exchanges=1))
    assert len(open_data(folder, TABLE).train) == 12
