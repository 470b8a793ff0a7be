"""`ShardedStrategy`: Lightning's strategy for sharded models, whose checkpoints are read as data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning.strategies import ModelParallelStrategy
from torch import nn
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_optimizer_state_dict,
    set_model_state_dict,
    set_optimizer_state_dict,
)

from models._ranks import on_rank_zero
from models._state import plain_name
from models.checkpoints._folders import rest_of
from models.checkpoints._keys import AVERAGING, CURRENT, OPTIMIZERS
from models.checkpoints.pickle_free import PickleFreeCheckpointIO
from models.errors import CheckpointError
from neuraltypes.archive import ArchiveError
from neuraltypes.archive.importing import _sharded


class ShardedStrategy(ModelParallelStrategy):
    """Lightning's `ModelParallelStrategy` for a `ModelPT`: all processes share its weights (`cfg.shard`).

    Its checkpoints are read without running what is in them, with any number of processes: folders, to which each
    process wrote its part, and whole files of any strategy, which rank 0 alone reads.

    Args:
        data_parallel_size: how many processes share the weights; by default all.
        tensor_parallel_size: for models that override `configure_model`.
        save_distributed_checkpoint: whether checkpoints are folders, or whole files.
        options: Lightning's others.
    """

    def __init__(
        self,
        data_parallel_size: int | None = None,
        tensor_parallel_size: int = 1,
        save_distributed_checkpoint: bool = True,  # Lightning's
        **options: Any,
    ) -> None:
        super().__init__(
            data_parallel_size="auto" if data_parallel_size is None else data_parallel_size,
            tensor_parallel_size=tensor_parallel_size,
            save_distributed_checkpoint=save_distributed_checkpoint,
            **options,
        )

    def setup_environment(self) -> None:
        """Start the process group and lay the processes out."""
        if self._data_parallel_size == "auto":
            assert isinstance(self._tensor_parallel_size, int)
            self._data_parallel_size = self.num_nodes * self.num_processes // self._tensor_parallel_size
        super().setup_environment()

    def state_of(self, model: nn.Module) -> dict[str, Any]:
        """The weights as checkpoints have them: this process's part, or all of them on rank 0; all ranks call it."""
        is_whole = not self._save_distributed_checkpoint
        return get_model_state_dict(model, options=StateDictOptions(full_state_dict=is_whole, cpu_offload=True))

    def save_checkpoint(
        self, checkpoint: dict[str, Any], filepath: str | Path, storage_options: Any | None = None
    ) -> None:
        """Write a folder or a file, together."""
        if self._save_distributed_checkpoint and CURRENT in checkpoint:
            # Lightning writes optimizer states by parts as it does weights, and everything else of rank 0 alone.
            checkpoint[OPTIMIZERS] = [*checkpoint[OPTIMIZERS], checkpoint.pop(CURRENT)]
        super().save_checkpoint(checkpoint, filepath, storage_options)

    def load_checkpoint(
        self,
        checkpoint_path: str | Path,
        weights_only: bool | None = None,
    ) -> dict[str, Any]:
        """Load weights and optimizer states where they belong; give the rest of the checkpoint.

        Raises:
            CheckpointError: it is damaged, does not fit, or needs more than data.
        """
        path = Path(self.broadcast(checkpoint_path))
        assert self.model is not None
        assert self.lightning_module is not None
        is_strict = self.lightning_module.strict_loading
        try:
            if on_rank_zero(lambda: _sharded.is_sharded(path)):
                return self._load_folder(self.model, path, is_strict=is_strict)
            return self._load_file(self.model, path, weights_only, is_strict=is_strict)
        except ArchiveError as error:
            raise CheckpointError(str(error)) from None

    def _load_folder(self, model: nn.Module, path: Path, *, is_strict: bool) -> dict[str, Any]:
        weights: Any = get_model_state_dict(model)
        _sharded.load_into({"state_dict": weights}, path, partial=not is_strict)
        model.load_state_dict(weights, strict=is_strict)
        for number, optimizer in enumerate(self.optimizers):
            state = get_optimizer_state_dict(model, optimizer)
            _sharded.load_into({f"optimizer_{number}": state}, path)
            set_optimizer_state_dict(model, optimizer, optim_state_dict=state)
        rest = rest_of(path)
        if AVERAGING in rest and self.optimizers:
            rest[CURRENT] = _copied(model)
            _sharded.load_into({f"optimizer_{len(self.optimizers)}": rest[CURRENT]}, path)
        return rest

    def _load_file(self, model: nn.Module, path: Path, weights_only: bool | None, *, is_strict: bool) -> dict[str, Any]:
        weights: dict[str, Any] = {}
        current: dict[str, Any] = {}
        optimizers: list[dict[str, Any]] = []

        def read() -> dict[str, Any]:
            checkpoint = PickleFreeCheckpointIO().load_checkpoint(path, weights_only=weights_only)
            weights.update(checkpoint.pop("state_dict"))
            current.update(checkpoint.pop(CURRENT, {}))
            _require_names(model, weights, is_strict=is_strict)
            states = checkpoint.pop(OPTIMIZERS, [])
            optimizers.extend(
                _by_name(model, optimizer, state) for optimizer, state in zip(self.optimizers, states, strict=False)
            )
            return checkpoint

        rest = on_rank_zero(read)
        options = StateDictOptions(full_state_dict=True, broadcast_from_rank0=True, strict=is_strict)
        if AVERAGING in rest and self.optimizers:
            set_model_state_dict(model, current, options=options)
            rest[CURRENT] = _copied(model)
        set_model_state_dict(model, weights, options=options)
        has_states = on_rank_zero(lambda: len(optimizers))
        for number, optimizer in enumerate(self.optimizers[:has_states]):
            state = optimizers[number] if optimizers else {}
            set_optimizer_state_dict(model, optimizer, optim_state_dict=state, options=options)
        return rest


def _copied(model: nn.Module) -> dict[str, Any]:
    found: dict[str, Any] = get_model_state_dict(model)
    return {name: value.detach().clone() for name, value in found.items()}


def _by_name(model: nn.Module, optimizer: torch.optim.Optimizer, state: Mapping[str, Any]) -> dict[str, Any]:
    """An optimizer's state with names of parameters, where a plain one has numbers in the order of its groups."""
    names = {parameter: plain_name(model, name) for name, parameter in model.named_parameters()}
    saved, groups = state["param_groups"], optimizer.param_groups
    if [len(group["params"]) for group in saved] != [len(group["params"]) for group in groups]:
        raise CheckpointError("the optimizer in the checkpoint has other parameter groups")
    new = {
        number: names[parameter]
        for old, group in zip(saved, groups, strict=True)
        for number, parameter in zip(old["params"], group["params"], strict=True)
    }
    return {
        "state": {new[number]: value for number, value in state["state"].items()},
        "param_groups": [{**group, "params": [new[number] for number in group["params"]]} for group in saved],
    }


def _require_names(model: nn.Module, weights: Mapping[str, Any], *, is_strict: bool) -> None:
    """Refuse on rank 0 what torch would refuse on some ranks, while others wait."""
    wanted = model.state_dict().keys()
    if is_strict and wanted != weights.keys():
        missing, others = sorted(wanted - weights.keys()), sorted(weights.keys() - wanted)
        raise CheckpointError(f"the checkpoint has other weights than the model: without {missing}, with {others}")
