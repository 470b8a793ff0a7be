"""Checks in other processes: pickled by value, `python -O`, beartype's own import hook, DDP and FSDP."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

RunPython = Callable[..., str]

PICKLE_BY_VALUE = """
import cloudpickle
import torch
from jaxtyping import Float
from torch import Tensor
from neuraltypes import NeuralModule, NeuralType, typecheck
from neuraltypes.elements import LogitsType

WIDTH = 3

class Module(NeuralModule):
    def __init__(self):
        super().__init__()
        self.width = WIDTH

    def forward(self, *, x: "Float[Tensor, 'b {self.width}']") -> NeuralType[Float[Tensor, "b _"], LogitsType]:
        return x * WIDTH

class Child(Module):
    def forward(self, *, x):
        return super().forward(x=x)

@typecheck
def used(x: Float[Tensor, "3"]) -> Float[Tensor, "3"]:
    return x

used(torch.zeros(3))
with open("module.pickle", "wb") as file:
    cloudpickle.dump((Module(), Child, used), file)
"""

UNPICKLE = """
import pickle
import torch

with open("module.pickle", "rb") as file:
    module, child, used = pickle.load(file)

for call in (module, child()):
    assert "LogitsType" in call(x=torch.zeros(2, 3))._neural_type
    for _ in range(2):
        try:
            call(x=torch.zeros(2, 4))
        except TypeError as error:
            print(type(error).__name__, str(error).splitlines()[0])
try:
    used(torch.zeros(4))
except TypeError as error:
    print(type(error).__name__, str(error).splitlines()[0])
"""


def test_a_class_of_the_main_script_is_checked_where_it_is_sent(run_python: RunPython) -> None:
    run_python(PICKLE_BY_VALUE)
    lines = run_python(UNPICKLE).splitlines()
    assert lines == [
        *["ShapeError Module.forward(x=): axis 1 '{self.width}' is 4, expected 3 (read from the call)"] * 2,
        *["ShapeError Child.forward(x=): axis 1 '{self.width}' is 4, expected 3 (read from the call)"] * 2,
        "ShapeError used(x=): axis 0 is 4, expected 3",
    ]


OPTIMIZED = """
from typing import Literal
import torch
from jaxtyping import Float
from torch import Tensor
from neuraltypes import ArgumentTypeError, NeuralModule, NeuralType, example_inputs, typecheck
from neuraltypes.elements import LogitsType, ProbsType

assert False, "assertions are on"

class Module(NeuralModule):
    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t"], LogitsType], mode: Literal["sum", "mean"] = "sum", n: int = 1
    ) -> NeuralType[Float[Tensor, "b t"], ProbsType]:
        return x.softmax(-1)

module = Module()
probs = module(**example_inputs(module))
good = torch.zeros(2, 3)
for wrong in ({"x": probs}, {"x": torch.zeros(2)}, {"n": "1"}, {"mode": "max"}):
    try:
        module(**{"x": good, **wrong})
    except TypeError as error:
        print(type(error).__name__)
    else:
        print("accepted", list(wrong))
"""


def test_optimized_python_checks_too(run_python: RunPython) -> None:
    names = run_python(OPTIMIZED, "-O").split()
    assert names == ["ElementError", "ShapeError", "ArgumentTypeError", "ArgumentTypeError"]


PACKAGE = """
from jaxtyping import Float
from torch import Tensor, nn
from neuraltypes import NeuralModule, NeuralType, typecheck
from neuraltypes.elements import LogitsType, ProbsType

class Module(NeuralModule):
    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t"], LogitsType], n: int = 1
    ) -> NeuralType[Float[Tensor, "b t"], ProbsType]:
        return x.softmax(-1)

@typecheck
class Plain(nn.Module):
    def forward(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
        return x

@typecheck
def function(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    return x

def untouched(n: int) -> int:
    return n
"""

BEARTYPED = """
import beartype.claw
beartype.claw.beartype_package("clawed")
import torch
from beartype.roar import BeartypeCallHintViolation
from clawed import Module, Plain, function, untouched
from neuraltypes import CheckError

good, bad = torch.zeros(2, 3), torch.zeros(2)
probs = Module()(x=good)
Plain()(good)
function(good)
calls = [(Module(), bad), (Module(), probs), (Plain(), bad), (function, bad), (untouched, "1")]
for call, x in calls:
    try:
        call(x=x) if call is not untouched else call(x)
    except BeartypeCallHintViolation as error:
        print(type(error).__name__, isinstance(error, CheckError))
compiled = torch.compile(Module(), backend="eager", fullgraph=True)
assert compiled(x=good).shape == (2, 3)
"""


def test_beartypes_import_hook_may_stand_on_top(run_python: RunPython, tmp_path: Path) -> None:
    (tmp_path / "clawed.py").write_text(PACKAGE, encoding="utf-8")
    lines = run_python(BEARTYPED).splitlines()
    ours = ["ShapeError True", "ElementError True", "ShapeError True", "ShapeError True"]
    assert lines == [*ours, "BeartypeCallHintParamViolation False"]


DISTRIBUTED = r"""
import os
import re
import tempfile
import time
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from neuraltypes import ElementError, NeuralModule, NeuralType, ShapeError
from neuraltypes.elements import LogitsType, LossType


class Linear(NeuralModule):
    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.width = width
        self.linear = nn.Linear(width, width)

    def forward(self, *, x: Float[Tensor, "b {self.width}"]) -> NeuralType[Float[Tensor, "b {self.width}"], LogitsType]:
        return self.linear(x)


class Loss(NeuralModule):
    def forward(
        self, *, x: NeuralType[Float[Tensor, "b c"], LogitsType], y: Int[Tensor, "b"]
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        return nn.functional.cross_entropy(x, y)


class Model(NeuralModule):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.loss = Linear(), Linear(), Loss()

    def forward(self, *, x: Float[Tensor, "b 4"], y: Int[Tensor, "b"]) -> NeuralType[Float[Tensor, ""], LossType]:
        return self.loss(x=self.second(x=self.first(x=x).relu()), y=y)


def train(model, x, y):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        loss = model(x=x, y=y)
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    return losses[-1] < losses[0]


def refused(call, error=ShapeError):
    try:
        call()
    except error as caught:
        return str(caught).splitlines()
    return ["accepted"]


def sharded(model):
    from torch.distributed.fsdp import fully_shard

    for module in (model.first, model.second, model):
        fully_shard(module)
    return model


def work(rank: int, folder: str) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=2)
    torch.manual_seed(0)
    x, y = torch.randn(8, 4) + rank, torch.randint(0, 4, (8,))
    for name, wrap in (("DDP", DistributedDataParallel), ("FSDP", sharded)):
        torch.manual_seed(0)
        model = wrap(Model())
        learned = train(model, x, y)
        message = refused(lambda: model(x=torch.zeros(8, 5), y=y))
        path = re.search(r"module    (\S+)", message[-1])[1]
        if rank == 0:
            print(name, "learned" if learned else "did not learn", "|", message[0], "|", path, flush=True)
    dist.barrier()
    dist.destroy_process_group()
    done = Path(folder, "rank 0 is done")
    if rank == 0:
        done.touch()
        return
    # A rank that ends while the other still closes its connections can take it along.
    while not done.exists():
        time.sleep(0.01)
    Model()(x=torch.zeros(8, 5), y=y)


if __name__ == "__main__":
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    with tempfile.TemporaryDirectory() as folder:
        try:
            mp.spawn(work, args=(folder,), nprocs=2)
        except mp.ProcessRaisedException as error:
            print([line for line in str(error).splitlines() if "ShapeError" in line][-1])
"""


@pytest.mark.filterwarnings("default")
def test_distributed_modules_train_and_raise_in_the_worker(run_python: RunPython) -> None:
    lines = run_python(DISTRIBUTED, timeout=90).splitlines()
    reason = "Model.forward(x=): axis 1 is 5, expected 4"
    assert lines[0] == f"DDP learned | {reason} | DistributedDataParallel.module"
    assert re.fullmatch(rf"FSDP learned \| {re.escape(reason)} \| (FSDP)?Model", lines[1])
    assert lines[2].endswith(f"ShapeError: {reason}")
