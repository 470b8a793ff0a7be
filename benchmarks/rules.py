"""Which of torch's operations have a rule, and how often rules and torch were compared.

python benchmarks/rules.py [--examples N]     conformance: rules, cases, disagreements
python benchmarks/rules.py --write            the table of operations, into docs/operations.md
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import einops
import einops.layers.torch
import torch

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from neuraltypes._sizes import number  # noqa: E402 - found as the tests are, which are no package that is installed
from neuraltypes.rules import Array, Outcome, Produced, Value, apply, sizes  # noqa: E402
from tests.rules import _conformance as conformance  # noqa: E402

# Methods whose result is a Python value, which torch's own annotations give; sizes are followed all the same.
NO_TENSOR = frozenset(
    [
        "allclose",
        "backward",
        "const_data_ptr",
        "data_ptr",
        "dense_dim",
        "dim",
        "dim_order",
        "element_size",
        "equal",
        "get_device",
        "is_coalesced",
        "is_complex",
        "is_conj",
        "is_contiguous",
        "is_distributed",
        "is_floating_point",
        "is_inference",
        "is_neg",
        "is_nonzero",
        "is_pinned",
        "is_same_size",
        "is_set_to",
        "is_shared",
        "is_signed",
        "item",
        "ndimension",
        "nelement",
        "numel",
        "numpy",
        "q_per_channel_axis",
        "q_scale",
        "q_zero_point",
        "qscheme",
        "record_stream",
        "register_hook",
        "register_post_accumulate_grad_hook",
        "retain_grad",
        "size",
        "sparse_dim",
        "storage",
        "storage_offset",
        "storage_type",
        "stride",
        "tolist",
        "untyped_storage",
    ]
)
# The same for functions.
NO_TENSOR_FUNCTIONS = frozenset(
    [
        "allclose",
        "broadcast_shapes",
        "can_cast",
        "cudnn_is_acceptable",
        "equal",
        "get_device",
        "is_complex",
        "is_conj",
        "is_distributed",
        "is_floating_point",
        "is_inference",
        "is_neg",
        "is_nonzero",
        "is_same_size",
        "is_signed",
        "is_vulkan_available",
        "numel",
        "promote_types",
        "result_type",
        "sym_constrain_range",
        "sym_constrain_range_for_size",
    ]
)
# Why what is left has no rule, by the first pattern that its full name matches.
REASONS = (
    (r"nn\.(Container|Module|ModuleDict|ModuleList)$", "holds modules, is not called itself"),
    (r"nn\.Sequential$", "is followed through its modules, one after the other"),
    (r"nn\.Parameter(Dict|List)$", "holds parameters, is not called itself"),
    (r"nn\.RNN(Cell)?Base$", "is a base class, whose subclasses have rules"),
    (r"nn\.functional\.(scaled_)?(grouped_)?mm$", "needs a GPU, beside which rules were not held"),
    (r"assert_int_or_pair$", "gives no tensor"),
    (r"(batch_norm_|cudnn_|miopen_|mkldnn_|native_|_for_|choose_qparams)", "is the inner part of another operation"),
    (
        r"torch\.(convolution|embedding|embedding_bag|batch_norm|instance_norm)$",
        "is the inner part of a function in `F`",
    ),
    (
        r"torch\.(affine_grid_generator|grid_sampler.*|embedding_renorm_|norm_except_dim)$",
        "is the inner part of a function in `F`",
    ),
    (r"torch\.(gru|lstm|rnn_relu|rnn_tanh)(_cell)?$", "is the inner part of a module, which has a rule"),
    (
        r"quant|dequantize|fbgemm|q_per|q_scale|q_zero|int_repr|mkldnn",
        "is about quantized tensors, which are not followed",
    ),
    (
        r"sparse|coalesce|indices|values|_csr|_csc|_bsr|_bsc|spmm|smm|dsmm|saddmm|sspaddmm|to_padded",
        "is about sparse or nested tensors, which are not followed",
    ),
    (r"from_file|frombuffer|from_numpy", "reads data that says its shape at run time"),
    (
        r"(resize|set_|resize_as|as_subclass|module_load|map_|map2_|apply_)$",
        "changes the tensor that it is called on, or takes any function",
    ),
    (r"Tensor\.(eig|lstsq|solve|symeig|new|reinforce)$|torch\.lu$", "is deprecated, or removed"),
    (r"Tensor\.(ipu|mtia)$", "moves to a device that is not here"),
    (r"distributions\.(Distribution|ExponentialFamily)$", "is a base class, whose subclasses have rules"),
    (r"distributions\.LogisticNormal", "is made of another distribution and transforms"),
    (r"einops\.asnumpy$", "gives no tensor"),
)
NO_REASON = "is rarely used, and not looked into"
TABLE = ROOT / "docs" / "operations.md"
HEAD = """# Operations that the checker follows

Made by `python benchmarks/rules.py --write` from the shape stubs. A name in the list has a rule: its shape, dtype and,
where it has one, its meaning are known; each rule is held to torch itself (`tests/rules`). What is under "without"
gives an unknown tensor, which is accepted everywhere; why it has no rule is said beside it.
"""


def public(owner: Any) -> list[str]:
    names = getattr(owner, "__all__", None) or [name for name in dir(owner) if not name.startswith("_")]
    return sorted(name for name in names if not name.startswith("_") and _is_operation(owner, name))


def _is_operation(owner: Any, name: str) -> bool:
    """Whether a name is something to call, and none of a module's imports."""
    found = getattr(owner, name, None)
    is_helper = name.startswith(("has_torch_function", "handle_torch_function", "boolean_dispatch"))
    is_imported = owner is not torch.nn.modules and isinstance(found, type)
    return callable(found) and not is_helper and not is_imported and getattr(found, "__module__", "") != "typing"


def groups() -> Iterable[tuple[str, str, list[str]]]:
    """The groups of operations: a title, the prefix of their rules, their names."""
    modules = [name for name in public(torch.nn.modules) if issubclass(getattr(torch.nn, name), torch.nn.Module)]
    yield "Modules of `torch.nn`", "torch.nn.", modules
    yield "`torch.nn.functional`", "torch.nn.functional.", public(torch.nn.functional)
    methods = public(torch.Tensor)
    yield "Methods of tensors", "torch.Tensor.", [name for name in methods if not name.endswith("_")]
    yield "Methods of tensors, in place", "torch.Tensor.", [name for name in methods if name.endswith("_")]
    made_in_c = set(public(torch._C._VariableFunctions))
    own = {*torch.functional.__all__, *("arange", "linspace", "tensor", "zeros", "ones", "empty", "full", "randn")}
    yield "`torch`", "torch.", sorted(name for name in made_in_c | own if hasattr(torch, name) and name[0].islower())
    for module in (torch.linalg, torch.fft, torch.special):
        name = module.__name__
        yield f"`{name}`", f"{name}.", public(module)
    initial = [name for name in public(torch.nn.init) if name.endswith("_")]  # the others are deprecated
    yield "`torch.nn.init`", "torch.nn.init.", initial
    classes = [name for name in torch.distributions.__all__ if _is_distribution(getattr(torch.distributions, name))]
    yield "Classes of `torch.distributions`", "torch.distributions.", sorted(classes)
    yield "`einops`", "einops.", sorted(name for name in einops.__all__ if name != "EinopsError")
    layers = [name for name, found in vars(einops.layers.torch).items() if _is_layer(found)]
    yield "Layers of `einops`", "einops.layers.torch.", sorted(layers)


def _is_layer(found: Any) -> bool:
    return isinstance(found, type) and found.__module__ == einops.layers.torch.__name__


def _is_distribution(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, torch.distributions.Distribution)


def has_rule(name: str) -> bool:
    registry = conformance.registry()
    return any(one in registry for one in (name, f"{name}.forward", f"{name}.log_prob"))


def table() -> str:
    parts = [HEAD]
    for title, prefix, names in groups():
        known = [name for name in names if has_rule(prefix + name)]
        values = {"torch.Tensor.": NO_TENSOR, "torch.": NO_TENSOR_FUNCTIONS}.get(prefix, frozenset())
        plain = [name for name in names if name in values]
        missing = [name for name in names if not has_rule(prefix + name) and name not in plain]
        parts.append(f"## {title}: {len(known) + len(plain)} of {len(names)}\n\n{_list(known)}\n")
        if plain:
            parts.append(f"Give no tensor, as torch itself declares: {_list(plain)}\n")
        if missing:
            parts.append("Without:\n")
            for reason, among in _by_reason(prefix, missing).items():
                parts[-1] += "\n" + _wrapped(f"- {reason}: {', '.join(f'`{name}`' for name in among)}", "  ")
            parts[-1] += "\n"
    return "\n".join([*parts, meanings()])


MEANINGS = """## What numbers mean

What operations take and give by their nature, as the stubs declare it. Every other element is taken where no element is
declared; raw outputs of layers (`UnnormalizedType`) are taken for whatever may be any real number, so for logits, and
not for probabilities or their logarithms. What is not listed here says nothing of what its numbers mean. Beside that,
targets of the losses that take probabilities or labels (`F.cross_entropy`, `F.binary_cross_entropy` and its twin with
logits) are reported where they hold logits, raw outputs or logarithms, and parameters of distributions that must be
positive (`scale`, `rate`, `concentration`, `df`) where a layer with a bias gives them; `nn.MultiheadAttention` gives
its weights as AttentionWeightsType, and `nn.AdaptiveLogSoftmaxWithLoss` gives LogprobsType and LossType.
"""
FOUND = """What rules of functions and methods say beyond that of one tensor, found by asking each with each element.
A softmax over what sigmoids gave, or over some of what a softmax gave, is not reported: gates are weighed against each
other so.
"""
KEPT = "Keep what numbers mean, of one tensor:"
ASKED = {
    "LogitsType": Produced("LogitsType"),
    "UnnormalizedType": Produced("UnnormalizedType"),
    "ProbsType by a softmax": Produced("ProbsType", by="softmax"),
    "ProbsType by a sigmoid": Produced("ProbsType", by="sigmoid"),
    "LogprobsType": Produced("LogprobsType"),
    "ValidMaskType": Produced("ValidMaskType"),
}


def meanings() -> str:
    """Which elements operations take and give: as they declare it, and as their rules answer."""
    declared: dict[str, list[str]] = {}
    for name in sorted(conformance.registry()):
        words = _declared(name)
        if words:
            declared.setdefault(words, []).append(_short(name))
    lines = [_wrapped(f"- {words}: {_list_of(names)}", "  ") for words, names in sorted(declared.items())]
    found, kept = _answers()
    more = [_wrapped(f"- {words}: {_list_of(names)}", "  ") for words, names in sorted(found.items())]
    return "\n".join([MEANINGS, *lines, "", FOUND, *more, "", _wrapped(f"{KEPT} {_list_of(kept)}"), ""])


def _short(name: str) -> str:
    name = name.removesuffix(".forward").removesuffix(".__init__")
    return name.replace("torch.nn.functional.", "F.").replace("torch.nn.", "nn.").replace("torch.distributions.", "")


def _list_of(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(set(names)))


def _declared(name: str) -> str:
    signature = conformance.registry().find(name)
    assert signature is not None
    taken = [f"`{one.name}` {' or '.join(what.elements)}" for one, what in signature.tensors if what.elements]
    results = signature.results if isinstance(signature.results, tuple) else (signature.results,)
    given = [" or ".join(one.elements) or "a tensor" for one in results if one is not None]
    gives = f"give {', '.join(given)}" if any(one.elements for one in results if one is not None) else ""
    return "; ".join(words for words in ("take " + ", ".join(taken) if taken else "", gives) if words)


def _answers() -> tuple[dict[str, list[str]], list[str]]:
    """What rules of one tensor say of each element, by the words for it; those that keep every one."""
    found: dict[str, list[str]] = {}
    kept: list[str] = []
    for name in sorted(conformance.registry()):
        answers = {words: _answer(name, element) for words, element in ASKED.items()}
        if all(_given(answer) == ASKED[words].name for words, answer in answers.items()):
            kept.append(_short(name))
            continue
        for words, answer in answers.items():
            if answer is None:
                continue
            for one in answer.suspected:
                found.setdefault(f"{words} is reported ({one.reason})", []).append(_short(name))
            given = _given(answer)
            if given and "give" not in _declared(name) and given != ASKED[words].name:
                found.setdefault(f"{words} becomes {given}", []).append(_short(name))
    return found, kept


def _given(answer: Outcome | None) -> str:
    """The name of the element that an operation of one tensor gives."""
    result = None if answer is None else answer.result
    return result.element.name if isinstance(result, Array) and isinstance(result.element, Produced) else ""


def _answer(name: str, element: Produced) -> Outcome | None:
    """What the rule of a function or method of one tensor says of a tensor of one element; None for other rules."""
    signature = conformance.registry().find(name)
    assert signature is not None
    required = [one for one in signature.parameters if one.is_required]
    tensors = [one for one in required if one.name != "dim"]
    is_made_first = name.removeprefix("torch.nn.functional.").startswith(("torch.nn.", "torch.distributions."))
    if is_made_first or len(tensors) != 1 or tensors[0].tensors is None:
        return None
    dtype = frozenset({"bool" if "Mask" in element.name else "float32"})
    given: dict[str, Value] = {tensors[0].name: Array(sizes(3, 4), dtype, element)}
    given |= {one.name: number(-1) for one in required if one.name == "dim"}
    outcome = apply(signature, given)
    return outcome if isinstance(outcome.result, Array) else None


def _by_reason(prefix: str, names: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        reason = next((words for pattern, words in REASONS if re.search(pattern, prefix + name)), NO_REASON)
        found.setdefault(reason, []).append(name)
    return dict(sorted(found.items()))


def _list(names: list[str]) -> str:
    return _wrapped(", ".join(f"`{name}`" for name in names)) or "none"


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, 120, break_on_hyphens=False, subsequent_indent=indent)


def compare(examples: int) -> None:
    for path in sorted((ROOT / "tests" / "rules").glob("arguments_*.py")):
        importlib.import_module(f"tests.rules.{path.stem}")
    totals: dict[conformance.Verdict, int] = dict.fromkeys(("same", "both refuse", "unknown", "disagree"), 0)
    names = conformance.rule_names()
    for name in list(names):
        try:
            tally = conformance.examine(name, examples, seed="benchmark")
        except BaseException as error:
            if type(error).__name__ != "Skipped":  # a device that is not here
                raise
            names.remove(name)
            continue
        for verdict in totals:
            totals[verdict] += tally[verdict]
        for words in tally.disagreements[:1]:
            print(words)
    print("| rules | calls | the same answer | refused by both | less than all is known | disagreements |")
    print("|---|---|---|---|---|---|")
    print(f"| {len(names)} | {len(names) * examples} | " + " | ".join(str(count) for count in totals.values()) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=100, help="calls for each rule (default 100)")
    parser.add_argument("--write", action="store_true", help="write docs/operations.md")
    options = parser.parse_args()
    if options.write:
        TABLE.write_text(table(), encoding="utf-8")
    else:
        compare(options.examples)


if __name__ == "__main__":
    main()
