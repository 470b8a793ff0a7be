"""The words of the errors, whole messages line by line, and what the errors carry as data."""

import linecache
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from neuraltypes import (
    ArgumentTypeError,
    AxisKindError,
    CheckError,
    DTypeError,
    ElementError,
    NeuralModule,
    NeuralType,
    ShapeError,
    typecheck,
)
from neuraltypes.elements import LogitsType, LogprobsType, ProbsType

HERE = Path(__file__).name
SECRET = 1234.5


class Attention(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b t c"], mask: Bool[Tensor, "b t"]) -> Float[Tensor, "b t c"]:
        return x[:, 1:] if mask.all() else x


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attn = Attention()

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return self.attn(x=x, mask=mask)


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([Layer(), Layer()])

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return self.layers[1](self.layers[0](x, mask), mask[:, 1:])  # type: ignore[no-any-return]


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return self.encoder(x, mask)  # type: ignore[no-any-return]


class Project(NeuralModule):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(
        self, *, x: Float[Tensor, "b {self.width}"], y: Float[Tensor, "2*b"], z: Float[Tensor, "*lead c"]
    ) -> Float[Tensor, "*lead"]:
        return z[0]


@typecheck
def gather(x: Float[Tensor, "b t"], rows: list[Float[Tensor, "t"]], name: str = "") -> dict[str, Float[Tensor, "t"]]:
    return {"first": x[0], name: x[:, 0]} if name else {"first": x[0]}


@typecheck
def mix(a: NeuralType[Float[Tensor, "b t"], LogprobsType], b: Float[Tensor, "t b"] | None = None) -> None: ...


@typecheck
def logits(x: Tensor) -> NeuralType[Float[Tensor, "b t"], LogitsType]:
    return x * 1


@typecheck
def probs(x: Tensor) -> NeuralType[Float[Tensor, "b t"], ProbsType]:
    return x * 1


def full(*sizes: int) -> Tensor:
    return torch.full(sizes, SECRET)


attention = Attention()
keep_all = torch.ones(4, 7, dtype=torch.bool)
keep_none = ~keep_all

MESSAGES: list[tuple[type[CheckError], Callable[[], object], str]] = [
    (
        ShapeError,
        lambda: attention(x=full(4, 7, 8), mask=torch.ones(4, 9).bool()),
        """\
Attention.forward(mask=): axis 1 't' is 9, expected 7 (bound by x axis 1)
  expected  mask: Bool[Tensor, "b t"]  ->  bool[4, 7]
  got       mask:                          bool[4, 9]  cpu
  bindings  b=4 (x axis 0) | t=7 (x axis 1) | c=8 (x axis 2)
  module    Attention    CALLED""",
    ),
    (
        ShapeError,
        lambda: attention(x=full(7, 8), mask=torch.ones(1, 7).bool()),
        """\
Attention.forward(x=): has 2 axes, expected 3
  expected  x: Float[Tensor, "b t c"]  ->  float[1, 7, c]
  got       x:                             float32[7, 8]  cpu
  bindings  b=1 (mask axis 0) | t=7 (mask axis 1)
  module    Attention    CALLED
  hint      x.unsqueeze(0)""",
    ),
    (
        ShapeError,
        lambda: attention(x=full(4, 7, 8), mask=keep_all),
        """\
Attention.forward(->): axis 1 't' is 6, expected 7 (bound by x axis 1)
  expected  return: Float[Tensor, "b t c"]  ->  float[4, 7, 8]
  got       return:                             float32[4, 6, 8]  cpu
  bindings  b=4 (x axis 0) | t=7 (x axis 1) | c=8 (x axis 2)
  module    Attention    CALLED""",
    ),
    (
        DTypeError,
        lambda: attention(x=full(4, 7, 8).int(), mask=full(4, 9)),
        """\
Attention.forward(x=): dtype is int32, expected Float
  expected  x: Float[Tensor, "b t c"]  ->  float[4, 7, 8]
  got       x:                             int32[4, 7, 8]  cpu
  also      mask=: dtype is float32, expected Bool
  expected  mask: Bool[Tensor, "b t"]  ->  bool[4, 7]
  got       mask:                          float32[4, 9]  cpu
  also      mask=: axis 1 't' is 9, expected 7 (bound by x axis 1)
  bindings  b=4 (x axis 0) | t=7 (x axis 1) | c=8 (x axis 2)
  module    Attention    CALLED""",
    ),
    (
        ArgumentTypeError,
        lambda: attention(x=[SECRET], mask=keep_all),  # type: ignore[arg-type]
        """\
Attention.forward(x=): is a list of 1, expected a Tensor
  expected  x: Float[Tensor, "b t c"]  ->  float[4, 7, c]
  got       x:                             a list of 1
  bindings  b=4 (mask axis 0) | t=7 (mask axis 1)
  module    Attention    CALLED""",
    ),
    (
        ShapeError,
        lambda: Project(3)(x=full(2, 4), y=full(5), z=full(2, 3, 4)),
        """\
Project.forward(x=): axis 1 '{self.width}' is 4, expected 3 (read from the call)
  expected  x: Float[Tensor, "b {self.width}"]  ->  float[2, 3]
  got       x:                                      float32[2, 4]  cpu
  also      y=: axis 0 '2*b' is 5, expected 4 (b=2, x axis 0)
  expected  y: Float[Tensor, "2*b"]  ->  float[4]
  got       y:                           float32[5]  cpu
  bindings  b=2 (x axis 0) | c=4 (z axis 2) | *lead=[2, 3] (z)
  module    Project    CALLED""",
    ),
    (
        ShapeError,
        lambda: gather(full(2, 3), [full(3), full(4)]),
        """\
gather(rows=[1]): axis 0 't' is 4, expected 3 (bound by x axis 1)
  expected  rows[1]: Float[Tensor, "t"]  ->  float[3]
  got       rows[1]:                         float32[4]
  bindings  b=2 (x axis 0) | t=3 (x axis 1)
  module    CALLED""",
    ),
    (
        ShapeError,
        lambda: gather(full(2, 3), [], "second"),
        """\
gather(-> ['second']): axis 0 't' is 2, expected 3 (bound by x axis 1)
  expected  return['second']: Float[Tensor, "t"]  ->  float[3]
  got       return['second']:                         float32[2]
  bindings  b=2 (x axis 0) | t=3 (x axis 1)
  module    CALLED""",
    ),
    (
        ArgumentTypeError,
        lambda: gather(full(2, 3), (), 3),  # type: ignore[arg-type]
        """\
gather(rows=): is a tuple of 0, expected a list
  expected  rows: list[Float[Tensor, "t"]]
  got       rows:                           a tuple of 0
  also      name=: is a value of type int, expected str
  expected  name: str
  got       name:      a value of type int
  bindings  b=2 (x axis 0) | t=3 (x axis 1)
  module    CALLED""",
    ),
    (
        ElementError,
        lambda: mix(logits(full(2, 3))),
        """\
mix(a=): holds LogitsType(), expected LogprobsType()
  expected  a: NeuralType[Float[Tensor, "b t"], LogprobsType]  ->  float[2, 3]
  got       a:                                                     float32[2, 3]  cpu
  bindings  b=2 (a axis 0) | t=3 (a axis 1)
  module    CALLED
  hint      log_softmax of a""",
    ),
    (
        AxisKindError,
        lambda: mix(full(2, 2), probs(full(2, 2))),
        """\
mix(b=): axes are batch, time; expected time, batch
  expected  b: Float[Tensor, "t b"]  ->  float[2, 2]
  got       b:                           float32[2, 2]  cpu
  bindings  b=2 (a axis 0) | t=2 (a axis 1)
  module    CALLED""",
    ),
]


@pytest.mark.parametrize(("error", "call", "message"), MESSAGES, ids=range(len(MESSAGES)))
def test_the_whole_message(error: type[CheckError], call: Callable[[], object], message: str) -> None:
    line = call.__code__.co_firstlineno
    source = " ".join(linecache.getline(__file__, line).split())
    shown = source if len(source) <= 60 else source[:57] + "..."
    with pytest.raises(CheckError) as caught:
        call()
    assert str(caught.value) == message.replace("CALLED", f"called  {HERE}:{line}  {shown}")
    assert type(caught.value) is error


def test_the_path_of_the_module_and_the_callers_line_are_shown() -> None:
    with pytest.raises(ShapeError) as caught:
        Model()(full(4, 7, 8), keep_none)
    line = Layer.forward.__code__.co_firstlineno + 1
    assert str(caught.value).splitlines()[4] == (
        f"  module    Model.encoder.layers[1].attn    called  {HERE}:{line}  return self.attn(x=x, mask=mask)"
    )


@pytest.mark.parametrize(
    ("root", "path"),
    [
        (lambda model: model.encoder, "Encoder.layers[1].attn"),
        (lambda model: nn.Sequential(model.encoder)[0], "Encoder.layers[1].attn"),
        (lambda model: model, "Model.encoder.layers[1].attn"),
    ],
    ids=["encoder", "in a list that is not called", "model"],
)
def test_the_path_starts_at_the_outermost_module_that_was_called(root: Callable[[Model], nn.Module], path: str) -> None:
    with pytest.raises(ShapeError) as caught:
        root(Model())(full(4, 7, 8), keep_none)
    assert f"  module    {path}    called" in str(caught.value)


def assert_hints(call: Callable[[], object], *hints: str) -> None:
    with pytest.raises(CheckError) as caught:
        call()
    lines = str(caught.value).splitlines()
    assert [line.removeprefix("  hint      ") for line in lines if line.startswith("  hint")] == list(hints)


HINTS: list[tuple[Callable[[], object], tuple[str, ...]]] = [
    (lambda: attention(x=full(4, 7, 8), mask=torch.ones(4, 7).int()), ("mask.bool()",)),
    (lambda: attention(x=full(4, 7, 8), mask=torch.ones(4, 7)), ()),
    (lambda: attention(x=full(4, 7, 8), mask=torch.ones(4, 8).bool()), ()),
    (lambda: attention(x=full(1, 7, 8), mask=torch.ones(7).bool()), ("mask.unsqueeze(0)",)),
    (lambda: attention(x=full(7, 8), mask=torch.ones(1, 9).bool()), ()),
    (lambda: attention(x=full(4), mask=keep_all), ()),
    (lambda: gather(full(2, 3), [full(1, 3)]), ()),
    (lambda: mix(probs(full(2, 3))), ("log of a",)),
]


@pytest.mark.parametrize(("call", "hints"), HINTS, ids=range(len(HINTS)))
def test_a_hint_is_given_only_where_it_certainly_helps(call: Callable[[], object], hints: tuple[str, ...]) -> None:
    assert_hints(call, *hints)


def test_a_hint_is_given_once() -> None:
    assert_hints(lambda: attention(x=full(4, 7, 8), mask=torch.ones(7, 4).bool()), "mask.transpose(0, 1)")


def test_no_new_axis_is_advised_where_more_than_one_entry_is_expected() -> None:
    assert_hints(lambda: attention(x=full(7, 8), mask=keep_all))


@pytest.mark.parametrize(
    "call",
    [call for _, call, _ in MESSAGES] + [call for call, _ in HINTS],
    ids=range(len(MESSAGES) + len(HINTS)),
)
def test_no_value_of_a_tensor_is_shown(call: Callable[[], object]) -> None:
    with pytest.raises(CheckError) as caught:
        call()
    shown = f"{caught.value}{caught.value!r}{caught.value.args}{caught.value.failures}{caught.value.culprits}"
    assert str(SECRET) not in shown
    assert "tensor(" not in shown


def test_a_message_of_many_failures_is_one_line_each() -> None:
    with pytest.raises(ShapeError) as caught:
        gather(full(2, 3), [full(4)] * 30)
    assert len(caught.value.failures) == 30
    assert str(caught.value).count("  also ") == 29


def test_a_function_defined_from_text_has_no_source_to_show() -> None:
    scope: dict[str, Any] = {"typecheck": typecheck, "Float": Float, "Tensor": Tensor}
    exec("@typecheck\ndef f(x: Float[Tensor, 'b']): ...\ndef call(x): f(x)", scope)
    with pytest.raises(ShapeError) as caught:
        scope["call"](full(2, 3))
    assert str(caught.value).splitlines()[-1] == "  module    called  <string>:3"
