"""The guide's program runs, and its error is what happens."""

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from models import NeuralDataset, WiringError
from neuraltypes import NeuralType
from neuraltypes.elements import AudioSignal, LabelsType, LengthsType, ValidMaskType

TEXT = (Path(__file__).parents[3] / "docs" / "data.md").read_text()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """All of the guide's code, as one module."""
    path = tmp_path_factory.mktemp("guide") / "data_guide.py"
    path.write_text("\n\n".join(re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)))
    spec = importlib.util.spec_from_file_location("data_guide", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["data_guide"] = importlib.util.module_from_spec(spec)
    torch.manual_seed(0)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["data_guide"]


def test_the_program_trains_and_predicts(program: ModuleType) -> None:
    assert program.accuracy > 0.9
    assert program.answers == ["loud", "quiet"]
    assert {"near/loss", "far/accuracy", "val/loss"} <= set(program.trainer.callback_metrics)


class Call(NamedTuple):
    audio: NeuralType[Float[Tensor, "time=t"], AudioSignal(freq=8000)]
    label: NeuralType[Int[Tensor, ""], LabelsType]


class CallBatch(NamedTuple):
    audio: NeuralType[Float[Tensor, "batch=b time=t"], AudioSignal(freq=8000)]
    audio_length: NeuralType[Int[Tensor, "batch=b"], LengthsType]
    audio_mask: NeuralType[Bool[Tensor, "batch=b time=t"], ValidMaskType]
    label: NeuralType[Int[Tensor, "batch=b"], LabelsType]


def test_the_error_is_the_one_that_is_shown(program: ModuleType) -> None:
    class Telephone(NeuralDataset[Call, CallBatch]):
        pass

    data: Any = Telephone()
    program.model.setup_training_data({"dataset": data, "sampler": [0]})
    with pytest.raises(WiringError) as caught:
        program.model.train_dataloader()
    shown = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)[0]
    places = re.compile(r"\w+\.py:\d+ ")
    assert places.sub("", str(caught.value)).split() == places.sub("", shown).split()
