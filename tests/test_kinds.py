"""Axis kinds: NeMo's table of names, explicit labels, and what a lone letter may say."""

import uuid

import pytest

from neuraltypes import AxisKind, Comparison, RegistrationError, TensorSpec, register_kind
from neuraltypes._axes import parse_axes
from neuraltypes.kinds import (
    ANY,
    BATCH,
    CHANNEL,
    FLOWGROUP,
    HEIGHT,
    SEQUENCE,
    SINGLETON,
    TIME,
    WIDTH,
    kind_from_name,
    kinds_of,
)

KINDS = [BATCH, TIME, CHANNEL, WIDTH, HEIGHT, SEQUENCE, FLOWGROUP, SINGLETON, ANY]


def assert_kinds(axes: str, *kinds: AxisKind | None) -> None:
    assert kinds_of(parse_axes(axes)) == kinds


@pytest.fixture
def new_name() -> str:
    """A name that no kind has: registrations last as long as the process."""
    return f"k{uuid.uuid4().hex}"


NEMO_TABLE = [
    (BATCH, "b n batch"),
    (TIME, "t time t_x t_audio t_1"),
    (CHANNEL, "c d channel"),
    (WIDTH, "w width"),
    (HEIGHT, "h height"),
    (SINGLETON, "s singleton"),
    (SEQUENCE, "seq sequence"),
    (FLOWGROUP, "flowgroup"),
    (ANY, "any"),
]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in NEMO_TABLE for name in names.split()])
def test_a_name_of_nemos_table_means_its_kind_in_any_case(kind: AxisKind, name: str) -> None:
    assert kind_from_name(name) is kind
    assert kind_from_name(name.upper()) is kind
    assert kind_from_name(name.title()) is kind
    assert kind_from_name(f" {name} ") is kind


@pytest.mark.parametrize("name", ["", "t_", "tx", "_t", "dim", "dimension", "hidden", "heads", "mel", "x", "*"])
def test_another_name_means_no_kind(name: str) -> None:
    assert kind_from_name(name) is None


def test_kinds_print_and_compare_by_name() -> None:
    assert [str(kind) for kind in KINDS] == [
        *("batch", "time", "channel", "width", "height", "sequence", "flowgroup", "singleton", "any")
    ]
    assert AxisKind("time") == TIME
    assert hash(AxisKind("time")) == hash(TIME)
    assert len(set(KINDS)) == len(KINDS)


@pytest.mark.parametrize(
    ("axes", "kinds"),
    [
        ("b t c", (BATCH, TIME, CHANNEL)),
        ("B T D", (BATCH, TIME, CHANNEL)),
        ("batch t_spec channel", (BATCH, TIME, CHANNEL)),
        ("#b t", (BATCH, TIME)),
        ("foo hidden", (None, None)),
        ("", ()),
    ],
)
def test_a_named_axis_has_the_kind_of_its_name(axes: str, kinds: tuple[AxisKind | None, ...]) -> None:
    assert_kinds(axes, *kinds)


@pytest.mark.parametrize(
    ("axes", "kinds"),
    [
        ("batch=4 time=t_src channel=80", (BATCH, TIME, CHANNEL)),
        ("batch=hidden", (BATCH,)),
        ("time=2*t", (TIME,)),
        ("channel={self.d}", (CHANNEL,)),
        ("time=_", (TIME,)),
        ("height=x", (HEIGHT,)),
        ("h=80", (HEIGHT,)),
        ("s=1", (SINGLETON,)),
        ("n=2 b", (BATCH, BATCH)),
        ("any=t", (ANY,)),
    ],
)
def test_a_label_says_the_kind(axes: str, kinds: tuple[AxisKind | None, ...]) -> None:
    assert_kinds(axes, *kinds)


@pytest.mark.parametrize("axes", ["mel=80", "mel=t", "foo=b", "heads=h"])
def test_a_label_that_means_no_kind_silences_the_name(axes: str) -> None:
    assert_kinds(axes, None)


@pytest.mark.parametrize("axes", ["80", "2*t", "{self.d}", "_", "_t", "..."])
def test_an_axis_without_name_has_no_kind(axes: str) -> None:
    assert_kinds(axes, None)


@pytest.mark.parametrize("axes", ["*b", "*batch t", "... t"])
def test_a_variadic_axis_has_no_kind(axes: str) -> None:
    assert kinds_of(parse_axes(axes))[0] is None


@pytest.mark.parametrize(
    ("axes", "kinds"),
    [
        # "h" is as often heads or hidden as height; "w" beside it says which.
        ("b h t d", (BATCH, None, TIME, CHANNEL)),
        ("b c h w", (BATCH, CHANNEL, HEIGHT, WIDTH)),
        ("h width", (HEIGHT, WIDTH)),
        ("h width=3", (HEIGHT, WIDTH)),
        ("w", (None,)),
        ("w height", (WIDTH, HEIGHT)),
        ("b t h", (BATCH, TIME, None)),
        # A lone "s" is a source length.
        ("b s d", (BATCH, None, CHANNEL)),
        # One "n" is the batch; beside another batch it is a count.
        ("n c h w", (BATCH, CHANNEL, HEIGHT, WIDTH)),
        ("b n d", (BATCH, None, CHANNEL)),
        ("n n", (BATCH, None)),
        # Capitals are NeMo's own convention and mean it.
        ("B H T D", (BATCH, HEIGHT, TIME, CHANNEL)),
        ("B S", (BATCH, SINGLETON)),
        ("B N", (BATCH, BATCH)),
    ],
)
def test_an_ambiguous_letter_says_its_kind_only_in_fitting_company(
    axes: str, kinds: tuple[AxisKind | None, ...]
) -> None:
    assert_kinds(axes, *kinds)


def test_a_registered_kind_is_read_from_names_and_labels(new_name: str) -> None:
    kind = register_kind(new_name, f"{new_name}_bins", f"{new_name.upper()}_M")
    assert kind == AxisKind(new_name)
    assert_kinds(f"{new_name} {new_name.upper()} {new_name}_BINS {new_name}_m=80", kind, kind, kind, kind)


def test_the_same_registration_twice_changes_nothing(new_name: str) -> None:
    kind = register_kind(new_name, new_name + "x")
    assert register_kind(new_name, new_name + "x") == kind
    assert register_kind(new_name.upper()) == kind
    assert register_kind(new_name, new_name + "y") == kind
    assert kind_from_name(new_name + "x") == kind_from_name(new_name + "y") == kind


@pytest.mark.parametrize(
    ("name", "taken", "meaning"),
    [
        ("t", "t", "time"),
        ("B", "b", "batch"),
        ("Batch", "batch", "batch"),
        ("t_x", "t_x", "time"),
        ("any", "any", "any"),
    ],
)
def test_a_clash_with_another_kind_is_refused(new_name: str, name: str, taken: str, meaning: str) -> None:
    with pytest.raises(RegistrationError) as error:
        register_kind(new_name, "fresh", name)
    message = f'register_kind: "{taken}" already means {meaning}; choose another name for {new_name}'
    assert str(error.value) == message
    assert kind_from_name(new_name) is None
    assert kind_from_name("fresh") is None


def test_two_projects_kinds_clash(new_name: str) -> None:
    first = register_kind(new_name, new_name + "a")
    with pytest.raises(RegistrationError, match=f'"{new_name}a" already means {new_name}; choose another name'):
        register_kind(new_name + "b", new_name + "a")
    assert kind_from_name(new_name + "a") == first
    assert kind_from_name(new_name + "b") is None


@pytest.mark.parametrize("name", ["", "a b", "3d", "f-bin", "*x"])
def test_a_kind_is_named_like_an_axis(new_name: str, name: str) -> None:
    with pytest.raises(RegistrationError) as error:
        register_kind(new_name, name)
    message = f'register_kind: "{name}" is no identifier; an axis kind is named like an axis: "freq"'
    assert str(error.value) == message
    assert kind_from_name(new_name) is None


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_is_compatible_with_every_kind(kind: AxisKind) -> None:
    unknown, known = TensorSpec("foo"), TensorSpec((kind,))
    assert unknown.compare(known) is Comparison.SAME
    assert known.compare(unknown) is Comparison.SAME


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not ANY])
def test_the_kind_any_takes_every_kind_and_fits_no_other(kind: AxisKind) -> None:
    assert TensorSpec((ANY,)).compare(TensorSpec((kind,))) is Comparison.SAME
    assert TensorSpec((kind,)).compare(TensorSpec((ANY,))) is Comparison.INCOMPATIBLE
