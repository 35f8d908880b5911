"""One thing that Accelerate leaves out on machines without a GPU, put back: only so is a configuration tried there."""

import os
from importlib import import_module
from typing import Any


def let_cores_shard() -> None:
    """From now on, in this process, FSDP is used on cores as well when it is asked for.

    Accelerate 1.15 turns to it for processes on accelerators alone (`AcceleratorState`, the list of `MULTI_…`): on
    cores every process would hold the whole model, as with DDP, and nobody would say so. PyTorch itself shards there.
    This is to go when Accelerate does.
    """
    state: Any = import_module("accelerate.state")
    kinds, begin = state.DistributedType, state.AcceleratorState.__init__

    def begun(self: Any, *args: Any, fsdp_plugin: Any = None, **kwargs: Any) -> None:
        begin(self, *args, fsdp_plugin=fsdp_plugin, **kwargs)
        if fsdp_plugin is not None and self.distributed_type == kinds.MULTI_CPU:
            self.distributed_type = state.PartialState._shared_state["distributed_type"] = kinds.FSDP
            self.fsdp_plugin = fsdp_plugin

    if os.environ.get("ACCELERATE_USE_FSDP") == "true":
        state.AcceleratorState.__init__ = begun
