"""Makes a torchvision usable that was built for another torch; for tests only.

The wheels of torchvision on PyPI belong to torch for CUDA. Beside torch for CPU they cannot load their compiled
operators, and `import torchvision` fails although everything that image processors use is plain torch. Naming the two
operators it stumbles over is enough. Where torchvision can be imported as it is, nothing is changed.
"""

import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

_declared: list[Any] = []
"""The library of operators: they are forgotten when it is."""


class _Mender(Loader):
    """Loads torchvision; if that fails for want of its operators, names them and tries once more."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        try:
            self._loader.exec_module(module)
        except RuntimeError as error:
            if "torchvision::" not in str(error):
                raise
            for name in [name for name in sys.modules if name.startswith("torchvision.")]:
                del sys.modules[name]
            _declare_operators()
            self._loader.exec_module(module)


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname != "torchvision":
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Mender(spec.loader)
        return spec


def install() -> None:
    """From now on, in this process, torchvision is mended when it is imported and turns out to need it."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def folder_for_subprocesses(folder: Path) -> Path:
    """Write a `sitecustomize.py` into a folder: with that folder in `PYTHONPATH`, every new Python calls `install`."""
    (folder / "sitecustomize.py").write_text(f"from {__name__} import install\n\ninstall()\n", "utf-8")
    return folder


def _declare_operators() -> None:
    torch: Any = import_module("torch")
    library = torch.library.Library("torchvision", "DEF")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _declared.append(library)
