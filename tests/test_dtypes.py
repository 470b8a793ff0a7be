"""dtype names against the dtypes of the running torch."""

import re
import types
import warnings
from collections.abc import Callable
from typing import Any, cast

import jaxtyping
import pytest
import torch
from jaxtyping import AbstractDtype, Float
from torch import Tensor

from neuraltypes import AnnotationError, TensorSpec, spec_from_annotation, typecheck
from neuraltypes._dtypes import TORCH_DTYPES, DType, dtype_from_name, dtype_from_patterns
from neuraltypes._guard import torch_dtypes


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _is_quantized(dtype: torch.dtype) -> bool:
    return _name(dtype).startswith(("q", "bits"))


def _is_integer(dtype: torch.dtype) -> bool:
    return not (dtype is torch.bool or dtype.is_floating_point or dtype.is_complex or _is_quantized(dtype))


def _is_unsigned(dtype: torch.dtype) -> bool:
    return _is_integer(dtype) and not dtype.is_signed


DTYPES = {_name(dtype): dtype for dtype in vars(torch).values() if isinstance(dtype, torch.dtype)}
FAMILIES: dict[str, Callable[[torch.dtype], bool]] = {
    "Bool": lambda dtype: dtype is torch.bool,
    "UInt": _is_unsigned,
    "Int": lambda dtype: _is_integer(dtype) and dtype.is_signed,
    "Integer": _is_integer,
    "Float": lambda dtype: dtype.is_floating_point,
    "Complex": lambda dtype: dtype.is_complex,
    "Inexact": lambda dtype: dtype.is_floating_point or dtype.is_complex,
    "Real": lambda dtype: dtype.is_floating_point or _is_integer(dtype),
    "Num": lambda dtype: dtype.is_floating_point or dtype.is_complex or _is_integer(dtype),
    "Shaped": lambda dtype: True,
}


def _samples() -> dict[str, Tensor]:
    """A tensor of each dtype, on no device."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some dtypes are experimental, others deprecated
        return {name: torch.empty((3,), dtype=dtype, device="meta") for name, dtype in DTYPES.items()}


def assert_members(dtype: DType, expected: set[str]) -> None:
    assert dtype.members == expected
    assert torch_dtypes(dtype) == {DTYPES[name] for name in expected}


def test_the_list_of_torch_dtypes_is_torchs_own() -> None:
    assert set(TORCH_DTYPES) == set(DTYPES)
    assert len(TORCH_DTYPES) == len(set(TORCH_DTYPES))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_what_torchs_predicates_say(family: str) -> None:
    assert_members(dtype_from_name(family), {name for name, dtype in DTYPES.items() if FAMILIES[family](dtype)})


def test_the_families_take_what_jaxtypings_string_match_misses() -> None:
    assert "complex32" in dtype_from_name("Complex").members
    assert {"float8_e8m0fnu", "float4_e2m1fn_x2"} <= dtype_from_name("Float").members
    assert {"int1", "int3"} <= dtype_from_name("Int").members


@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "Shaped"])
def test_a_family_takes_all_that_jaxtyping_takes(family: str) -> None:
    taken = {name for name in DTYPES if name in getattr(jaxtyping, family).dtypes}
    assert taken <= dtype_from_name(family).members


SINGLE = [
    *("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"),
    *("BFloat16", "Float16", "Float32", "Float64", "Complex64", "Complex128"),
]


def _jaxtyping_names() -> list[str]:
    names = (name for name in dir(jaxtyping) if isinstance(getattr(jaxtyping, name), type))
    return [name for name in names if issubclass(getattr(jaxtyping, name), AbstractDtype) and name != "AbstractDtype"]


@pytest.mark.parametrize("name", _jaxtyping_names())
def test_each_of_jaxtypings_names_is_known_and_takes_what_jaxtyping_takes(name: str) -> None:
    hint: Any = getattr(jaxtyping, name)[Tensor, "b"]
    spec = spec_from_annotation(hint)
    assert isinstance(spec, TensorSpec)
    assert spec.dtype == dtype_from_name(name)
    assert spec.dtype is not None
    accepted = {dtype for dtype, tensor in _samples().items() if isinstance(tensor, hint)}
    assert accepted <= spec.dtype.members
    assert accepted <= set(map(_name, torch_dtypes(spec.dtype)))


@pytest.mark.parametrize("name", SINGLE)
def test_a_single_dtype_takes_exactly_one(name: str) -> None:
    assert_members(dtype_from_name(name), {name.lower()})


def test_a_key_is_no_torch_dtype() -> None:
    assert_members(dtype_from_name("Key"), set())


_ANY_NAME = 'write for example "Float", "Int64" or "Bool"'


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("float", 'write "Float"'),
        ("Flaot", 'write "Float"'),
        ("Floats", 'write "Float"'),
        ("float32", 'write "Float32"'),
        ("int64", 'write "Int64"'),
        ("bool", 'write "Bool"'),
        ("Boolean", 'write "Bool"'),
        ("uint8", 'write "UInt8"'),
        ("bfloat16", 'write "BFloat16"'),
        ("complex64", 'write "Complex64"'),
        ("Integers", 'write "Integer"'),
        ("xyzzy", _ANY_NAME),
        ("", _ANY_NAME),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest(name: str, fix: str) -> None:
    with pytest.raises(AnnotationError) as error:
        TensorSpec("b", dtype=name)
    assert str(error.value) == f'dtype "{name}" is no jaxtyping name; {fix}'


@pytest.mark.parametrize("name", ["Float33", "Int7x", "Float8abc", "Complex1"])
def test_a_dtype_that_neither_torch_nor_jaxtyping_has_is_refused(name: str) -> None:
    with pytest.raises(AnnotationError):
        dtype_from_name(name)


class Half(AbstractDtype):
    dtypes = re.compile(r"b?float16")


class Small(AbstractDtype):
    dtypes = ("uint8", re.compile("int8"))


class Eight(AbstractDtype):
    dtypes = "uint8"


@pytest.mark.parametrize(
    ("custom", "members"),
    [(Half, {"float16", "bfloat16"}), (Small, {"uint8", "int8"}), (Eight, {"uint8"})],
)
def test_a_projects_own_dtype_takes_names_and_patterns(custom: Any, members: set[str]) -> None:
    hint = custom[Tensor, "b"]
    spec = spec_from_annotation(hint)
    assert isinstance(spec, TensorSpec)
    assert spec.dtype is not None
    assert spec.dtype.name == custom.__name__
    assert_members(spec.dtype, members)
    assert {name for name, tensor in _samples().items() if isinstance(tensor, hint)} == members


def checked(hint: Any) -> Any:
    """A function that takes an `x` of that type."""

    def f(x: Any) -> None: ...

    f.__annotations__["x"] = hint
    return typecheck(f)


def test_a_projects_own_dtype_is_checked_at_a_call() -> None:
    f = checked(cast(Any, Half)[Tensor, "b"])
    f(torch.zeros(3, dtype=torch.bfloat16))
    with pytest.raises(TypeError, match=r"dtype is float32, expected Half"):
        f(torch.zeros(3))


@pytest.mark.parametrize("name", ["Float", "Shaped"])
def test_a_projects_own_dtype_that_is_named_like_jaxtypings_keeps_its_own_members(name: str) -> None:
    own: Any = types.new_class(name, (AbstractDtype,), exec_body=lambda body: body.update(dtypes="int32"))
    spec = spec_from_annotation(own[Tensor, "b"])
    assert isinstance(spec, TensorSpec)
    assert spec.dtype is not None
    assert_members(spec.dtype, {"int32"})

    f = checked(own[Tensor, "b"])
    f(torch.zeros(3, dtype=torch.int32))
    with pytest.raises(TypeError, match=f"dtype is float32, expected {name}"):
        f(torch.zeros(3))


@pytest.mark.parametrize("name", DTYPES)
def test_a_pattern_matches_as_jaxtyping_matches_it(name: str) -> None:
    for pattern in (re.compile("float"), re.compile(r".*8"), re.compile("bool$")):
        expected = {other for other in DTYPES if pattern.match(other)}
        assert (name in dtype_from_patterns("Own", (pattern,)).members) == (name in expected)


def test_an_annotation_without_dtype_takes_every_dtype() -> None:
    assert spec_from_annotation(Tensor) == TensorSpec()
    shaped = spec_from_annotation(jaxtyping.Shaped[Tensor, "b"])
    assert isinstance(shaped, TensorSpec)
    assert shaped.dtype is not None
    assert_members(shaped.dtype, set(DTYPES))


def test_an_intersection_of_dtypes_is_not_widened() -> None:
    spec = spec_from_annotation(jaxtyping.Float32[Float[Tensor, "b"], "c d"])
    assert spec == TensorSpec("c d b", dtype="Float32")
    narrowed = spec_from_annotation(jaxtyping.Real[jaxtyping.Num[Tensor, "b"], "c"])
    assert isinstance(narrowed, TensorSpec)
    assert narrowed.dtype is not None
    assert "complex64" not in narrowed.dtype.members
