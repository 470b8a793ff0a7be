"""From a batch to finished outputs: preprocessing, `forward` and postprocessing, wired by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import nn

from models.data._steps import module_interface
from models.data._types import parts_of
from models.data._wiring import find_misfits, taken_by
from models.data.errors import Misfit
from neuraltypes import AnnotationError, Interface, Spec


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the chain: what is called, its types, and its name in messages."""

    call: Callable[..., Any]
    interface: Interface
    name: str

    def run(self, known: Mapping[str, Any]) -> Any:
        """The result for those of the `known` values that are inputs here."""
        return self.call(**{name: known[name] for name in self.interface.inputs if name in known})


class Chain:
    """The steps of a model. `preprocess` is its method or its `preprocessor` module; `postprocess` likewise."""

    def __init__(self, model: Any) -> None:
        self.model = model
        name = type(model).__name__
        self.before = _link(model, "preprocess", "preprocessor")
        self.forward = Link(model, model.interface, f"{name}.forward")
        self.after = _link(model, "postprocess", "postprocessor")
        self.links = [link for link in (self.before, self.forward, self.after) if link is not None]

    @property
    def inputs(self) -> Mapping[str, Spec]:
        """The types of what a batch brings, by name: what no step of the chain makes."""
        found: dict[str, Spec] = {}
        made: dict[str, Spec] = {}
        for link in self.links:
            made |= self._made_for(link, found | made)
            found |= {name: spec for name, spec in link.interface.inputs.items() if name not in found | made}
        return found

    @property
    def required(self) -> frozenset[str]:
        """The names of what a batch must bring."""
        needed = {name for link in self.links for name in link.interface.required}
        return frozenset(needed & self.inputs.keys())

    def run(self, fields: Mapping[str, Any]) -> Any:
        """The finished output of a batch, given by its fields."""
        known = dict(fields)
        for link, following in zip(self.links, [*self.links[1:], None], strict=True):
            result = link.run(known)
            if following is None:
                return result
            parts = parts_of(result, link.interface.result)
            known |= dict(zip(self._names(link, following, known), parts.values(), strict=True))
        return None

    def misfits(self, given: Mapping[str, Spec]) -> list[Misfit]:
        """Where the fields `given`, or what a step makes of them, do not fit the step that takes them."""
        known = dict(given)
        found: list[Misfit] = []
        for link in self.links:
            known |= self._made_for(link, known)
            taken = taken_by(link.interface.inputs, link.interface.required, link.name, link.call)
            found += find_misfits(known, taken)
        return found

    def _made_for(self, link: Link, known: Iterable[str]) -> dict[str, Spec]:
        """What the step before `link` makes, by the names under which `link` takes it."""
        number = self.links.index(link)
        if number == 0:
            return {}
        before = self.links[number - 1]
        return dict(zip(self._names(before, link, known), before.interface.outputs.values(), strict=True))

    def _names(self, link: Link, following: Link, known: Iterable[str]) -> list[str]:
        """The outputs' names; those without any are the inputs that the following step still lacks, in order.

        Raises:
            AnnotationError: it lacks more, or less.
        """
        names = list(link.interface.outputs)
        if names != ["output"] and not all(name.isdecimal() for name in names):
            return names
        taken = set(known)
        lacking = [n for n in following.interface.inputs if n in following.interface.required and n not in taken]
        if len(lacking) != len(names):
            raise AnnotationError(
                f"{following.name} takes {', '.join(following.interface.inputs)}, and {link.name} does not name its "
                f"{len(names)} outputs; return a NamedTuple whose fields are called as they are taken"
            )
        return lacking


def _link(model: Any, method: str, module: str) -> Link | None:
    name = f"{type(model).__name__}.{method}"
    if callable(getattr(type(model), method, None)):
        called = getattr(model, method)
    else:
        called = getattr(model, module, None)
        name = f"{type(model).__name__}.{module}"
        if not isinstance(called, nn.Module):
            return None
    interface = module_interface(called)
    if interface is None:
        raise AnnotationError(f"{name} has no annotated inputs and result, by which it is wired")
    return Link(called, interface, name)
