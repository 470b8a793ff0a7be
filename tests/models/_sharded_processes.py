"""What `test_sharded.py` runs in two processes: `python -m tests.models._sharded_processes RANK PORT FOLDER WHAT`."""

import os
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from jaxtyping import Float
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.strategies import ModelParallelStrategy
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import DTensor, Shard, distribute_module, distribute_tensor
from torch.nn import functional

from models import ArchiveCheckpoint, ConfigError, ExactResume, ShardedStrategy
from neuraltypes import CheckError, NeuralModule
from tests.models._pt import data, loader
from tests.models._two_processes import Watched, batches, results, run_process, trainer

OPTIM = {
    "name": "adamw",
    "lr": 0.05,
    "groups": {"rest": {}, "encoder": {"modules": "encoder", "lr": 0.1}},  # not in the order of the model
    "no_decay": ["vectors"],
    "sched": {"name": "linear"},
    "clip_norm": 0.2,
    "ema": 0.5,
    "freeze": "decoder.bias",
}


class Tied(Watched):
    """Has a weight with two names; its step calls parts that are no units beside `forward`."""

    def __init__(self, *, cfg: Any, trainer: pl.Trainer | None = None) -> None:
        super().__init__(cfg=cfg, trainer=trainer)
        self.other = torch.nn.Linear(self.cfg.hidden, self.cfg.classes, bias=False)
        self.other.weight = self.decoder.weight

    def training_step(self, batch: list[Tensor], batch_idx: int) -> Tensor:
        assert self.decoder(self.encoder(x=batch[0])).shape == (len(batch[0]), self.cfg.classes)
        return super().training_step(batch, batch_idx)


class Measured(Tied):
    """Measures by item, on batches that are uneven, of which one process has more."""

    def validation_step(self, batch: list[Tensor], batch_idx: int) -> None:
        self.log_mean("loss", functional.cross_entropy(self(x=batch[0]), batch[1], reduction="none"))


def measured(run: pl.Trainer) -> float:
    torch.manual_seed(4)
    model = Measured(cfg={"shard": "encoder"})
    model.setup_validation_data({"few": {"dataset": data(), "batch_size": 10}})
    run.validate(model, verbose=False)
    return float(run.callback_metrics["few/loss"])


class Whole(NeuralModule):
    """Takes tensors of which each process holds a part."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(6, 4))

    def forward(self, *, x: Float[Tensor, "6 4"]) -> Float[Tensor, "6 {self.weight.shape[0]}"]:
        result: Tensor = x @ self.weight.T
        return result


def called_with_parts() -> str:
    mesh = init_device_mesh("cpu", (2,))
    module = distribute_module(Whole(), mesh)
    result = module(x=distribute_tensor(torch.ones(6, 4), mesh, [Shard(0)]))
    assert isinstance(result, DTensor)
    return f"{list(result.to_local().shape)} of {list(result.shape)}"


def classifier(shard: Any = "encoder", **optim: Any) -> Tied:
    torch.manual_seed(3)
    return Tied(cfg={"optim": OPTIM | optim, "shard": shard})


def fitted(model: Tied, folder: Path, start: Path | None = None, **options: Any) -> dict[str, Any]:
    """What two processes find; they leave a checkpoint of each epoch under `to`, if that is given."""
    to = options.pop("to", None)
    files = [] if to is None else [ModelCheckpoint(folder / to, filename="{epoch}", save_top_k=-1)]
    archives = [ArchiveCheckpoint()] if to == "parts" else []
    strategy = options.pop("strategy", ShardedStrategy())
    run = trainer(
        folder,
        devices=2,
        strategy=strategy,
        callbacks=[*files, *archives, ExactResume()],
        enable_checkpointing=bool(files),
        **options,
    )
    run.fit(model, batches(4, int(os.environ["LOCAL_RANK"])), loader(8), ckpt_path=start)
    return results(model, run)


def refused(action: Any) -> str:
    try:
        action()
    except (CheckError, ConfigError, ValueError, RuntimeError, KeyError) as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"


def main(rank: int, folder: Path) -> dict[str, Any]:
    lightnings = ModelParallelStrategy(data_parallel_size=2, tensor_parallel_size=1)
    found: dict[str, Any] = {
        "other strategy": refused(lambda: fitted(classifier(), folder, strategy=lightnings)),
        "tensor parallel": refused(lambda: fitted(classifier(ema=None), folder, strategy=ModelParallelStrategy())),
        "no unit": refused(lambda: fitted(classifier("encode"), folder)),
    }
    model = classifier()
    found |= {"trained": fitted(model, folder, to="parts")}
    local = [parameter.to_local() for parameter in model.parameters() if isinstance(parameter, DTensor)]
    found["own numbers"] = sum(part.numel() for part in local)
    found["shape"] = list(model.encoder.linear.weight.shape)
    found["files"] = sorted(path.name for path in (folder / "parts").iterdir())
    with torch.no_grad():
        found["predicted"] = model.eval()(x=torch.ones(1, 4))[0].tolist()
    found["digest"] = model.save_to(folder / "model.nt")
    found["checked"] = refused(lambda: model(x=torch.zeros(2, 5)))
    found["measured"] = measured(trainer(folder, devices=2, strategy=ShardedStrategy()))
    found["parts"] = called_with_parts()
    found["resumed"] = fitted(classifier(), folder, folder / "parts" / "epoch=0.ckpt")
    found["from one"] = fitted(classifier(), folder, folder / "one" / "epoch=0.ckpt")
    whole = ShardedStrategy(save_distributed_checkpoint=False)
    found["whole"] = fitted(classifier(), folder, strategy=whole, to="whole")
    found["from whole"] = fitted(classifier(), folder, folder / "whole" / "epoch=0.ckpt")
    for name, saved in (("validated", "parts"), ("validated whole", "whole")):
        run = trainer(folder, devices=2, strategy=ShardedStrategy())
        run.validate(classifier(), loader(8), ckpt_path=folder / saved / "epoch=1.ckpt", verbose=False)
        found[name] = float(run.callback_metrics["val_loss"])
    restored = Tied.restore_from(folder / "parts" / "epoch=0.nt")
    found["restored"] = fitted(restored, folder, max_epochs=1)
    found["half"] = fitted(classifier({"units": ["encoder"], "param_dtype": "bfloat16"}), folder)
    return found


if __name__ == "__main__":
    run_process(main, strategy=ShardedStrategy())
