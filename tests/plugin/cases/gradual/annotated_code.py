"""What public code with annotations of jaxtyping does, and must not be an error."""

from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

# A name that comes to hold something else: mypy says so where it does, and nothing more follows.


def parts_then_whole(xs: list[Float[Tensor, "p c"]]) -> Tensor:
    colors = [x + 1 for x in xs]
    colors = torch.cat(colors, dim=0)  # E: Incompatible types in assignment  [assignment]
    reveal_type(colors)  # R: Tensor[Any, tuple[Any, c], Any]
    return colors.mT @ colors


def rows_then_matrix(x: Float[Tensor, "n 3"]) -> Tensor:
    rotation = [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    rotation = torch.tensor(rotation)  # E: Incompatible types in assignment  [assignment]
    return x @ rotation


def declared_and_grown(poses: Float[Tensor, "n 3 4"]) -> Tensor:
    camera: Float[Tensor, "n 3 4"] = poses
    camera = torch.cat([camera, torch.zeros(camera.shape[0], 1, 4)], dim=1)  # E: [assignment]
    camera[:, 3, 3] = 1
    return camera


def in_a_loop(xs: list[Float[Tensor, "p c"]], n: int) -> None:
    for _ in range(n):
        found = [x + 1 for x in xs]
        found = torch.cat(found)  # E: Incompatible types in assignment  [assignment]
        found = found[None]
        found.mean(dim=2)


def tensor_then_array(xs: list[Float[Tensor, "p c"]]) -> None:
    video = torch.stack(xs)
    video = video.numpy()  # E: Incompatible types in assignment  [assignment]
    video[::-1]


# What is `Any` to plain mypy comes to be something else.


def a_number_instead(a: Float[Tensor, "b"], flag: bool) -> Any:
    if flag:
        scale = (a - 1).norm()
        reveal_type(scale)  # R: Tensor[Float, tuple[()], Any]
    else:
        scale = 1
    reveal_type(scale)  # R: Any
    return a / scale


def sets_instead(a: Float[Tensor, "b"]) -> Any:
    left, right = a.unique(), (-a).unique()
    left, right = [set(x.tolist()) for x in (left, right)]
    return left - right


def items_of_rows(indices: Int[Tensor, "n"], files: dict[int, str]) -> list[str]:
    return [files[index.item()] for index in indices]


# Dtypes that mypy joins to `object` are unknown.


def masks(x: dict[str, Float[Tensor, "..."]]) -> None: ...


def of_records() -> None:
    records = [{"mask": torch.tensor([[0.9]]), "route": torch.tensor([True])}]
    masks({"a": records[0]["mask"]})


def trained(parameters: list[nn.Parameter]) -> None: ...


def collected(modules: list[nn.Linear]) -> None:
    parameters: list[nn.Parameter] = []
    for module in modules:
        parameters.extend(module.parameters())
    trained(parameters)


# One of several tensors, by its number of axes.


def draw(x: Float[Tensor, "h w"] | Float[Tensor, "c h w"]) -> None: ...


def log(values: dict[str, Float[Tensor, ""] | Float[Tensor, "3 h w"]]) -> None:
    for value in values.values():
        if value.ndim == 0:
            reveal_type(value)  # R: Tensor[Float, tuple[()], Any]
        else:
            reveal_type(value)  # R: Tensor[Float, tuple[3, h, w], Any]
            draw(value)


def one_of(value: Float[Tensor, "b"] | Float[Tensor, "b c"]) -> Float[Tensor, "b"]:
    if value.ndim == 2:
        return value.sum(dim=1)
    draw(value)  # E: has 1 axis, expected 2  [shape-mismatch]
    return value


# A size that the code compares with what is not known, and one that it compares with a number.


def packed(x: Float[Tensor, "b d_state"], dims: list[int]) -> Tensor:
    _, d_state = x.shape
    assert d_state == sum(dims)
    first, _ = x.split([16, 32], dim=-1)
    return first


def not_asked(x: Float[Tensor, "b d_state"]) -> Tensor:
    first, _ = x.split([16, 32], dim=-1)  # E: adds up to 48, but the axis is d_state  [shape-mismatch]
    return first


def to_rgb(image: Float[Tensor, "*bs channels"]) -> Float[Tensor, "*bs rgb=3"]:
    if image.shape[-1] == 3:
        return image
    if image.shape[-1] == 1 and image.is_floating_point():
        return gray(image)
    return image  # E: [return-value]


def gray(image: Float[Tensor, "*bs 1"]) -> Float[Tensor, "*bs rgb=3"]:
    return image.expand(*image.shape[:-1], 3)


# Unions of containers are taken one by one.


Inputs = tuple[Float[Tensor, "b e"]] | tuple[Float[Tensor, "b p e"]] | tuple[Float[Tensor, "b p _"], ...]


def take(inputs: Inputs) -> None: ...
def take_two(inputs: tuple[Float[Tensor, "b e"]] | tuple[Float[Tensor, "b p _"], ...]) -> None: ...
def take_masks(inputs: tuple[Bool[Tensor, "b e"]] | tuple[Bool[Tensor, "b p _"], ...]) -> None: ...


def give(inputs: Inputs) -> None:
    take(inputs)
    take_two(inputs)
    take_masks(inputs)  # E: is Float, expected Bool  [dtype-mismatch] # E: [shape-mismatch] # E: [dtype-mismatch]


# Of several options the one with as many axes is named, and of a default its name.


Vector = Float[Tensor, "3"] | Float[Tensor, "batch 3"] | list[float]


def line(start: Vector) -> None: ...


def draw_line(start: Float[Tensor, "b 2"]) -> None:
    line(start)  # E: axis 1 is 2, expected 3  [shape-mismatch]
    u = start[0]
    torch.cosine_similarity(u, u)  # E: "dim" of "cosine_similarity" is 1, but there is only 1 axis
