"""PP-OCRv6 small (detection and recognition of text) from the rapidocr wheel to the two ONNX files that the eyes use.

Packages:
    pip install onnx==1.23.2 numpy==2.4.6
    pip download --no-deps rapidocr==3.10.0   (only the two models are taken from the wheel)
Run: python scripts/convert_reader.py rapidocr-3.10.0-py3-none-any.whl FOLDER

`find_text.onnx` takes `pixels`, uint8 (1, h, w, 3) in RGB with sides that are multiples of 32, and gives `text`
(1, 1, h, w), how likely each pixel belongs to the core of a line. `read_text.onnx` takes `pixels`, uint8 (n, 48, w, 3),
and gives `letters` (n, w/8, letters + 2). The original tells 18,708 characters apart; those of texts in Latin letters
keep their columns, after the blank of CTC in column 0, and the last column holds the sum of all others, so that a sign
in another script is known to be unreadable instead of being taken for letters. The metadata entry `letters` says what
the columns between the first and the last stand for.
"""

import argparse
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper, version_converter
from storage import FORMS, store

FIND = "rapidocr/models/PP-OCRv6_det_small.onnx"
READ = "rapidocr/models/PP-OCRv6_rec_small.onnx"
LATIN = 0x180
"""End of the Unicode blocks that hold the letters and signs of European texts in Latin script."""
FURTHER = "ȘșȚț€™–—…‘’“”•"


def is_ours(letter: str) -> bool:
    """Whether the letter belongs to a text in Latin script."""
    return len(letter) == 1 and (ord(letter) < LATIN or letter in FURTHER)


def scaled_input(core: onnx.ModelProto, shape: list[int | str]) -> onnx.ModelProto:
    """Put the scaling of the pixels to -1..1, in the order blue, green, red that the network learned, before it."""
    planes = [shape[0], 3, shape[1], shape[2]]
    graph = helper.make_graph(
        [
            helper.make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2]),
            helper.make_node("Gather", ["planes", "blue_green_red"], ["turned"], axis=1),
            helper.make_node("Cast", ["turned"], ["numbers"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["numbers", "two_over_255"], ["doubled"]),
            helper.make_node("Sub", ["doubled", "one"], ["scaled"]),
        ],
        "before",
        [helper.make_tensor_value_info("pixels", TensorProto.UINT8, [*shape, 3])],
        [helper.make_tensor_value_info("scaled", TensorProto.FLOAT, planes)],
        [
            numpy_helper.from_array(np.array([2, 1, 0]), "blue_green_red"),
            numpy_helper.from_array(np.float32(2 / 255), "two_over_255"),
            numpy_helper.from_array(np.float32(1), "one"),
        ],
    )
    first = helper.make_model(graph, opset_imports=list(core.opset_import), ir_version=core.ir_version)
    return compose.merge_models(first, core, io_map=[("scaled", core.graph.input[0].name)])


def rename_output(model: onnx.ModelProto, name: str) -> None:
    """Give the only output a telling name."""
    old = model.graph.output[0].name
    for node in model.graph.node:
        node.output[:] = [name if one == old else one for one in node.output]
    model.graph.output[0].name = name


def letters_of(model: onnx.ModelProto) -> list[str]:
    """What the columns of the recogniser stand for: blank, the listed characters, space."""
    listed = next(one.value for one in model.metadata_props if one.key == "character")
    return ["", *listed.split("\n"), " "]


def keep_letters(model: onnx.ModelProto, columns: list[int]) -> None:
    """Reduce the output to some columns and one for the sum of all others."""
    graph, all_of_it = model.graph, model.graph.output[0].name
    graph.initializer.extend(
        [
            numpy_helper.from_array(np.array(columns), "kept_columns"),
            numpy_helper.from_array(np.float32(1), "certain"),
        ]
    )
    graph.node.extend(
        [
            helper.make_node("Gather", [all_of_it, "kept_columns"], ["kept"], axis=2),
            helper.make_node("ReduceSum", ["kept", "columns_axis"], ["sum_of_kept"], keepdims=1),
            helper.make_node("Sub", ["certain", "sum_of_kept"], ["foreign"]),
            helper.make_node("Concat", ["kept", "foreign"], ["letters"], axis=2),
        ]
    )
    graph.initializer.append(numpy_helper.from_array(np.array([2]), "columns_axis"))
    output = helper.make_tensor_value_info("letters", TensorProto.FLOAT, ["n", "steps", len(columns) + 1])
    del graph.output[:]
    graph.output.append(output)


def main() -> None:
    """Convert and write."""
    parser = argparse.ArgumentParser(description="PP-OCRv6 small to the eyes' ONNX files")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--form", default="mixed", choices=FORMS)
    asked = parser.parse_args()
    with zipfile.ZipFile(asked.wheel) as packed:
        find, read = (
            version_converter.convert_version(onnx.load_from_string(packed.read(name)), 17) for name in (FIND, READ)
        )
        letters = letters_of(onnx.load_from_string(packed.read(READ)))
    find = scaled_input(find, [1, "h", "w"])
    rename_output(find, "text")
    store(find, asked.folder / "find_text.onnx", asked.form)
    read = scaled_input(read, ["n", 48, "w"])
    columns = [0, *(at for at, letter in enumerate(letters) if is_ours(letter))]
    keep_letters(read, columns)
    del read.metadata_props[:]
    helper.set_model_props(read, {"letters": "".join(letters[at] for at in columns[1:])})
    store(read, asked.folder / "read_text.onnx", asked.form)


if __name__ == "__main__":
    main()
