"""Which rule is meant: mypy knows functions by where they are defined, rules by their public names."""

from __future__ import annotations

from typing import Final

_MOVED: Final = {
    "torch._C._VariableFunctions": ("torch",),
    "torch._C": ("torch",),
    "torch._C.TensorBase": ("torch.Tensor",),
    "torch._tensor.Tensor": ("torch.Tensor",),
    "torch.nn.parameter.Parameter": ("torch.Tensor",),
    "torch.nn.parameter.Buffer": ("torch.Tensor",),
    "torch._C._nn": ("torch.nn.functional",),
    "torch._C._linalg": ("torch.linalg",),
    "torch._C._fft": ("torch.fft",),
    "torch._C._special": ("torch.special",),
    "torch.functional": ("torch",),
    "torch.nn.functional": ("torch.nn.functional", "torch"),
    "torch.nn.utils.rnn": ("torch.nn.utils.rnn",),
    "torch.distributions.kl": ("torch.distributions",),
    "einops.einops": ("einops",),
    "einops.packing": ("einops",),
}
_RENAMED: Final = {"torch._C._nn.log_sigmoid": ["torch.nn.functional.logsigmoid"]}
# Packages whose classes are public one level up: `torch.nn.modules.linear.Linear` is `torch.nn.Linear`.
_CLASSES: Final = {
    "torch.nn.modules.": "torch.nn",
    "torch.distributions.": "torch.distributions",
    "einops.layers.torch": "einops.layers.torch",
}


def public_names(fullname: str) -> list[str]:
    """The names under which a rule for a function or method may stand, the likeliest first."""
    if fullname in _RENAMED:
        return _RENAMED[fullname]
    owner, _, name = fullname.rpartition(".")
    if name.startswith(("linalg_", "fft_", "special_")):
        package, _, short = name.partition("_")
        return [f"torch.{package}.{short}"]
    return [f"{public}.{name}" for public in _MOVED.get(owner, ())] or [fullname]


def public_class(fullname: str) -> str:
    """The public name of a class."""
    for prefix, public in _CLASSES.items():
        if fullname.startswith(prefix):
            return f"{public}.{fullname.rpartition('.')[2]}"
    return fullname
