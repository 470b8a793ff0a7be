"""What a call is checked for: dtype, ndim, and sizes that agree across all arguments and the result."""

import re
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
import torch
from jaxtyping import Bool, Complex, Float, Float32, Int, Int64, Integer, Num, Shaped, UInt8
from torch import Tensor, nn

from neuraltypes import AnnotationError, CheckError, DTypeError, NeuralModule, ShapeError, typecheck


def zeros(*sizes: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.zeros(sizes, dtype=dtype)


def function_of(hints: dict[str, Any]) -> Callable[..., Any]:
    """A checked function of parameters with these hints, which returns its argument `out` (None if it has none).

    The hint `return` is that of the result.
    """
    names = [name for name in hints if name != "return"]
    scope: dict[str, Any] = {}
    exec(f"def f({', '.join(names)}): return {'out' if 'out' in names else None}", scope)
    scope["f"].__annotations__ = hints
    return typecheck(scope["f"])  # type: ignore[no-any-return]


def assert_accepted(hints: dict[str, Any], *values: Any, by_guard: bool = True) -> None:
    """The call is accepted, and by the generated guard alone unless `by_guard` says otherwise."""
    function = function_of(hints)
    if by_guard:
        function.__globals__.update(_nt_examine=fail_if_called, _nt_examine_result=fail_if_called)
    result = function(*values)
    assert result is None or any(result is value for value in values)


def fail_if_called(*args: object) -> NoReturn:
    pytest.fail("the guard does not say yes")


def assert_refused(hints: dict[str, Any], *values: Any, reason: str, error: type[CheckError] = ShapeError) -> None:
    with pytest.raises(CheckError, match=re.escape(reason)) as caught:
        function_of(hints)(*values)
    assert type(caught.value) is error


DTYPES = [
    (Float, torch.float32, True),
    (Float, torch.bfloat16, True),
    (Float, torch.float8_e4m3fn, True),
    (Float, torch.int64, False),
    (Float32, torch.float32, True),
    (Float32, torch.float64, False),
    (Int, torch.int8, True),
    (Int, torch.uint8, False),
    (Int64, torch.int32, False),
    (Integer, torch.uint8, True),
    (UInt8, torch.uint8, True),
    (Bool, torch.bool, True),
    (Bool, torch.uint8, False),
    (Complex, torch.complex64, True),
    (Complex, torch.complex32, True),
    (Complex, torch.float32, False),
    (Num, torch.bool, False),
    (Num, torch.float16, True),
    (Shaped, torch.bool, True),
]


@pytest.mark.parametrize(("name", "dtype", "fits"), DTYPES, ids=lambda case: getattr(case, "__name__", str(case)))
@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental:UserWarning")
def test_the_dtype_is_checked(name: Any, dtype: torch.dtype, fits: bool) -> None:
    value = torch.empty(2, dtype=dtype)
    if fits:
        assert_accepted({"x": name[Tensor, "b"]}, value)
        assert_accepted({"out": Any, "return": name[Tensor, "b"]}, value)
    else:
        reason = f"dtype is {str(dtype).removeprefix('torch.')}, expected {name.__name__}"
        assert_refused({"x": name[Tensor, "b"]}, value, reason=reason, error=DTypeError)
        assert_refused({"out": Any, "return": name[Tensor, "b"]}, value, reason=reason, error=DTypeError)


NDIMS = [
    ("", (), True),
    ("", (1,), False),
    ("b", (), False),
    ("b t", (2,), False),
    ("b t", (2, 3, 4), False),
    ("_ _", (2, 3), True),
    ("_ _", (2,), False),
    ("...", (), True),
    ("...", (2, 3, 4), True),
    ("... c", (), False),
    ("... c", (3,), True),
    ("b *rest c", (2,), False),
    ("b *rest c", (2, 3), True),
    ("b *rest c", (2, 4, 5, 3), True),
]


@pytest.mark.parametrize(("axes", "shape", "fits"), NDIMS)
def test_the_number_of_axes_is_checked(axes: str, shape: tuple[int, ...], fits: bool) -> None:
    if fits:
        assert_accepted({"x": Float[Tensor, axes]}, zeros(*shape))
    else:
        assert_refused({"x": Float[Tensor, axes]}, zeros(*shape), reason=f"has {len(shape)} axes, expected ")


# Axes of some arguments, their shapes, and what is said when they do not fit; the last is the result where named `out`.
SIZES: list[tuple[dict[str, str], list[tuple[int, ...]], str | None]] = [
    ({"x": "3"}, [(3,)], None),
    ({"x": "3"}, [(4,)], "(x=): axis 0 is 4, expected 3"),
    ({"x": "mel=80 t"}, [(80, 5)], None),
    ({"x": "mel=80 t"}, [(81, 5)], "(x=): axis 0 is 81, expected 80"),
    ({"x": "b b"}, [(2, 3)], "(x=): axis 1 'b' is 3, expected 2 (bound by x axis 0)"),
    ({"x": "b t", "y": "t b"}, [(2, 3), (3, 2)], None),
    ({"x": "b t", "y": "b t"}, [(2, 3), (3, 2)], "(y=): axis 0 'b' is 3, expected 2 (bound by x axis 0)"),
    ({"x": "batch=b time=t", "y": "t"}, [(2, 3), (2,)], "(y=): axis 0 't' is 2, expected 3 (bound by x axis 1)"),
    ({"x": "b", "y": "b", "z": "b"}, [(2,), (2,), (3,)], "(z=): axis 0 'b' is 3, expected 2 (bound by x axis 0)"),
    ({"x": "b _note"}, [(2, 9)], None),
    ({"x": "0 b"}, [(0, 2)], None),
    ({"x": "b", "y": "b"}, [(0,), (0,)], None),
    ({"x": "b", "out": "b"}, [(2,), (2,)], None),
    ({"x": "b", "out": "b"}, [(2,), (3,)], "(out=): axis 0 'b' is 3, expected 2 (bound by x axis 0)"),
    # Computed sizes: names are bound first, whatever the order of the arguments.
    ({"x": "2*t", "y": "t"}, [(6,), (3,)], None),
    ({"y": "t", "x": "2*t"}, [(3,), (6,)], None),
    ({"y": "t", "x": "2*t"}, [(3,), (7,)], "(x=): axis 0 '2*t' is 7, expected 6 (t=3, y axis 0)"),
    ({"x": "t-1", "y": "t"}, [(2,), (3,)], None),
    ({"x": "(t-1)//2+1 t"}, [(3, 5)], None),
    ({"x": "(t-1)//2+1 t"}, [(4, 5)], "axis 0 '(t-1)//2+1' is 4, expected 3 (t=5, x axis 1)"),
    ({"x": "h*w", "y": "h w"}, [(6,), (2, 3)], None),
    ({"y": "h", "z": "w", "x": "h*w"}, [(2,), (4,), (6,)], "expected 8 (h=2, y axis 0; w=4, z axis 0)"),
    ({"x": "max(h,w)", "y": "h w"}, [(3,), (2, 3)], None),
    ({"x": "t+1 t"}, [(4, 3)], None),
    # Broadcastable axes are 1 or the size that is bound.
    ({"x": "#b", "y": "b"}, [(1,), (4,)], None),
    ({"x": "#b", "y": "b"}, [(4,), (4,)], None),
    ({"x": "#b", "y": "b"}, [(3,), (4,)], "axis 0 'b' is 4, expected 3 (bound by x axis 0)"),
    ({"x": "#b", "y": "#b"}, [(3,), (4,)], "(y=): axis 0 'b' is 4, expected 3 (bound by x axis 0)"),
    ({"x": "#b", "y": "#b", "z": "b"}, [(1,), (1,), (4,)], None),
    ({"x": "#3"}, [(1,)], None),
    ({"x": "#3"}, [(2,)], "(x=): axis 0 is 2, expected 3"),
    ({"x": "#2*b", "y": "b"}, [(1,), (4,)], None),
    # Variadic axes are bound as a whole.
    ({"x": "*lead c", "y": "*lead"}, [(2, 3, 4), (2, 3)], None),
    ({"x": "*lead c", "y": "*lead"}, [(4,), ()], None),
    ({"x": "*lead c", "y": "*lead"}, [(2, 3, 4), (2, 4)], "axes '*lead' are [2, 4], expected [2, 3] (bound by x)"),
    ({"x": "*lead c", "y": "*lead c"}, [(2, 4), (2, 5)], "(y=): axis 1 'c' is 5, expected 4 (bound by x axis 1)"),
    ({"x": "b *mid c", "y": "*mid"}, [(2, 7, 8, 4), (7, 8)], None),
    ({"x": "*#lead", "y": "*#lead"}, [(2, 1, 3), (5, 1)], None),
    ({"x": "*#lead", "y": "*#lead"}, [(2, 4, 3), (5, 1)], "axes '*lead' are [5, 1], expected [2, 4, 3] (bound by x)"),
    ({"x": "*#lead", "y": "*lead"}, [(3,), (2, 3)], None),
    ({"x": "... c", "y": "c ..."}, [(2, 3, 4), (4, 7)], None),
]  # fmt: skip


COMPUTED_BEFORE_BOUND: list[tuple[dict[str, str], list[tuple[int, ...]], str | None]] = [
    ({"x": "2*t", "y": "t"}, [(7,), (3,)], "(x=): axis 0 '2*t' is 7, expected 6 (t=3, y axis 0)"),
    ({"x": "h*w", "y": "h", "z": "w"}, [(6,), (2,), (4,)], "expected 8 (h=2, y axis 0; w=4, z axis 0)"),
]


@pytest.mark.parametrize(
    ("axes", "shapes", "reason"),
    SIZES + COMPUTED_BEFORE_BOUND,
    ids=lambda case: str(case) if case else "fits",
)
def test_sizes_agree_across_all_arguments(
    axes: dict[str, str], shapes: list[tuple[int, ...]], reason: str | None
) -> None:
    hints = {name: Float[Tensor, text] for name, text in axes.items()}
    values = [zeros(*shape) for shape in shapes]
    if reason is None:
        assert_accepted(hints, *values)
    else:
        assert_refused(hints, *values, reason=reason)


@pytest.mark.parametrize(("axes", "shapes", "reason"), SIZES, ids=lambda case: str(case) if case else "fits")
def test_sizes_agree_between_arguments_and_the_result(
    axes: dict[str, str], shapes: list[tuple[int, ...]], reason: str | None
) -> None:
    *names, last = axes
    hints: dict[str, Any] = {name: Float[Tensor, axes[name]] for name in names}
    hints |= {"out": Any, "return": Float[Tensor, axes[last]]}
    values = [zeros(*shape) for shape in shapes]
    if reason is None:
        assert_accepted(hints, *values)
    else:
        assert_refused(hints, *values, reason="axis" if "axis" in reason else "axes")


def test_an_argument_is_computed_from_what_the_result_binds() -> None:
    hints = {"x": Float[Tensor, "2*t"], "out": Any, "return": Float[Tensor, "t"]}
    assert_accepted(hints, zeros(6), zeros(3))
    assert_refused(hints, zeros(7), zeros(3), reason="axis 0 '2*t' is 7, expected 6")


@pytest.mark.parametrize("axes", ["2*t t", "t t", "{len(x)}+1 t", "*a t 3", "#9 t"])
def test_a_wrong_call_never_runs_the_function(axes: str) -> None:
    def f(x: Any) -> None:
        pytest.fail("the function runs")

    f.__annotations__["x"] = Float[Tensor, axes]
    with pytest.raises(ShapeError):
        typecheck(f)(zeros(4, 5))


def test_a_name_that_only_the_result_has_must_agree_within_it() -> None:
    hints = {"out": Any, "return": tuple[Float[Tensor, "t"], Float[Tensor, "t"]]}
    assert_accepted(hints, (zeros(3), zeros(3)))
    assert_refused(
        hints, (zeros(3), zeros(4)), reason="(-> [1]): axis 0 't' is 4, expected 3 (bound by return[0] axis 0)"
    )


def test_sizes_are_read_from_the_module_and_the_arguments() -> None:
    class Module(NeuralModule):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(3, 4)

        def forward(
            self, *, x: Float[Tensor, "b {self.linear.in_features}"], width: int, pad: Float[Tensor, "{width}+1"]
        ) -> Float[Tensor, "b {self.linear.out_features}*{len(pad)}"]:
            return self.linear(x).repeat(1, len(pad))  # type: ignore[no-any-return]

    module = Module()
    assert module(x=zeros(2, 3), width=1, pad=zeros(2)).shape == (2, 8)
    with pytest.raises(ShapeError, match=re.escape("axis 1 '{self.linear.in_features}' is 5, expected 3")):
        module(x=zeros(2, 5), width=1, pad=zeros(2))
    with pytest.raises(ShapeError, match=re.escape("axis 0 '{width}+1' is 2, expected 3")):
        module(x=zeros(2, 3), width=2, pad=zeros(2))
    module.linear = nn.Linear(5, 4)
    assert module(x=zeros(2, 5), width=1, pad=zeros(2)).shape == (2, 8)


def test_a_size_that_cannot_be_computed_is_an_annotation_error() -> None:
    @typecheck
    def f(x: Float[Tensor, "{len(y)}"], y: Any) -> None: ...

    f(zeros(2), [1, 2])
    with pytest.raises(AnnotationError, match=re.escape('axis "{len(y)}" cannot be computed: TypeError: ')):
        f(zeros(2), 3)


def test_every_failing_argument_is_named() -> None:
    hints = {"x": Float[Tensor, "b t"], "y": Int[Tensor, "b"], "z": Float[Tensor, "t"], "s": str}
    with pytest.raises(DTypeError) as caught:
        function_of(hints)(zeros(2, 3), zeros(2), zeros(4), 1)
    assert [(f.argument, f.cause) for f in caught.value.failures] == [("y", "dtype"), ("z", "shape"), ("s", "type")]


@pytest.mark.parametrize("value", [None, 1.0, "text", [1.0], zeros(2).numpy()], ids=lambda value: type(value).__name__)
def test_what_is_no_tensor_is_refused(value: Any) -> None:
    with pytest.raises(CheckError, match=re.escape("expected a Tensor")) as caught:
        function_of({"x": Float[Tensor, "..."]})(value)
    assert caught.value.cause == "type"


def test_a_bare_tensor_takes_any_tensor_and_nothing_else() -> None:
    assert_accepted({"x": Tensor, "y": nn.Parameter}, zeros(2, 3, dtype=torch.int8), nn.Parameter(zeros(1)))
    with pytest.raises(CheckError, match=re.escape("(x=): is a value of type int, expected a Tensor")):
        function_of({"x": Tensor})(3)
    with pytest.raises(CheckError, match=re.escape("expected a Parameter")):
        function_of({"x": nn.Parameter})(zeros(1))


def test_a_default_passes_unchecked_and_a_given_value_does_not() -> None:
    missing: Any = None

    @typecheck
    def f(x: Float[Tensor, "b"] = missing, n: int = missing) -> None: ...

    f()
    f(n=2)
    with pytest.raises(CheckError, match=re.escape("(n=): is a value of type str, expected int")):
        f(n="2")  # type: ignore[arg-type]
    with pytest.raises(ShapeError):
        f(zeros(2, 3))


def test_numpy_arrays_are_checked_where_they_are_declared() -> None:
    np = pytest.importorskip("numpy")
    hints = {"x": Float[np.ndarray, "b t"], "y": Float[Tensor, "b"]}
    assert_accepted(hints, np.zeros((2, 3)), zeros(2), by_guard=False)
    assert_refused(hints, np.zeros((2, 3)), zeros(3), reason="(y=): axis 0 'b' is 3, expected 2 (bound by x axis 0)")
    assert_refused(hints, np.zeros((2, 3), dtype=int), zeros(2), reason="dtype is int64", error=DTypeError)
