"""Make an ONNX file smaller without changing how it computes.

Weights are written as float16, and the large ones as int8 with one scale per output channel, followed by the nodes that
turn them back into float32. Those nodes depend on constants only, so onnxruntime folds them when the session is made: a
picture costs what it cost before, and the sums are done in float32.

Packages: onnx==1.23.2 numpy==2.4.6
"""

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

FORMS = ("mixed", "float16", "float32")
"""`mixed` is what ships: int8 from `LARGE` numbers on, float16 below."""
TINY = 1024
"""Below this many numbers a tensor stays float32: nothing to gain."""
LARGE = 200_000
"""From this many numbers on a tensor is stored as int8. The early layers, whose errors grow on their way through the
network, are all smaller; see docs/decisions/0002-eyes.md for what other limits give."""


def store(model: onnx.ModelProto, path: Path, form: str) -> None:
    """Write `model` with its weights in one of `FORMS`, and say how large it is and which SHA-256 it has."""
    small = onnx.ModelProto()
    small.CopyFrom(model)
    if form != "float32":
        _shrink(small.graph, LARGE if form == "mixed" else None)
    onnx.checker.check_model(small)
    path.write_bytes(small.SerializeToString(deterministic=True))
    print(f"{path}: {path.stat().st_size:,} bytes, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")


def _shrink(graph: onnx.GraphProto, large: int | None) -> None:
    axes = _channel_axes(graph)
    tensors, nodes = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < TINY:
            tensors.append(tensor)
        elif large is not None and values.size >= large and tensor.name in axes:
            whole, scale = _to_int8(values, axes[tensor.name])
            stored, factor, cast = f"{tensor.name}/int8", f"{tensor.name}/scale", f"{tensor.name}/cast"
            tensors += [numpy_helper.from_array(whole, stored), numpy_helper.from_array(scale, factor)]
            nodes += [
                helper.make_node("Cast", [stored], [cast], to=onnx.TensorProto.FLOAT),
                helper.make_node("Mul", [cast, factor], [tensor.name]),
            ]
        else:
            stored = f"{tensor.name}/float16"
            tensors.append(numpy_helper.from_array(values.astype(np.float16), stored))
            nodes.append(helper.make_node("Cast", [stored], [tensor.name], to=onnx.TensorProto.FLOAT))
    old = list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(tensors)
    graph.node.extend(nodes + old)


def _channel_axes(graph: onnx.GraphProto) -> dict[str, int]:
    """The axis of the output channels of every weight of a convolution or matrix product."""
    alias = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Identity"}
    axes = {}
    for node in graph.node:
        if node.op_type in ("Conv", "ConvTranspose", "MatMul", "Gemm"):
            weight = node.input[1]
            while weight in alias:
                weight = alias[weight]
            turned = any(one.name == "transB" and one.i for one in node.attribute)
            axes[weight] = 0 if node.op_type == "Conv" or turned else 1
    return axes


def _to_int8(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Nearest int8 with, for every channel, the scale of least squared error among some that clip the extremes."""
    others = tuple(i for i in range(values.ndim) if i != axis)
    peak = np.maximum(np.abs(values).max(axis=others, keepdims=True), 1e-12)
    best = np.full(peak.shape, np.inf)
    scale = peak / 127
    for share in np.linspace(0.6, 1.0, 21):
        trial = (peak * share / 127).astype(np.float32)
        error = ((np.clip(np.round(values / trial), -127, 127) * trial - values) ** 2).sum(axis=others, keepdims=True)
        scale = np.where(error < best, trial, scale)
        best = np.minimum(best, error)
    scale = scale.astype(np.float32)
    return np.clip(np.round(values / scale), -127, 127).astype(np.int8), scale
