"""Modules that mypy does not report on, as those of installed packages: it drops the bodies of their functions."""

from pathlib import Path

from tests.plugin._projects import Mypy, assert_no_failure, write_project

LIBRARY = """
from jaxtyping import Float
from torch import Tensor, nn

class Decoder(nn.Module):
    def __init__(self, d: int, classes: int) -> None:
        super().__init__()
        self.d = d
        self.classes = classes
        self.linear = nn.Linear(d, classes)

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.classes}"]:
        return self.linear(x)

def twice(x: Float[Tensor, "b t"]) -> Float[Tensor, "b 2*t"]:
    x = x.repeat(1, 2)
    return x
"""
PROGRAM = """
import torch
from library import Decoder, twice
from neuraltypes import reveal

decoder = Decoder(8, 4)
reveal(decoder(torch.zeros(2, 8)))
decoder(torch.zeros(2, 9))
reveal(twice(torch.zeros(2, 3)))
"""


def test_what_their_functions_give_follows_from_their_annotations(mypy: Mypy, tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", {"library.py": LIBRARY, "program.py": PROGRAM})
    options = [*mypy.options(tmp_path / "cache"), "--follow-imports=silent", "program.py"]
    cold, warm = (mypy.run(project, "mypy", *options).stdout for _ in range(2))
    assert_no_failure(cold)
    assert 'Revealed neural type is Float[Tensor, "batch=2 4"]' in cold
    assert 'axis 1 is 9, expected 8 ("{self.d}")' in cold
    assert 'Revealed neural type is Float[Tensor, "batch=2 6"]' in cold
    assert warm == cold
