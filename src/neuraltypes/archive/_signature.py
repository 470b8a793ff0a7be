"""An archived interface as text, without the classes that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neuraltypes.archive.errors import ContentError

_RECORDS = ("namedtuple", "dataclass", "typeddict")


def signature(interface: Any) -> str:
    """An interface as `Interface.to_json` gives it, as `forward` was annotated.

    Raises:
        ContentError: it is malformed.
    """
    try:
        required = frozenset(interface["required"])
        inputs = [
            f"{_text(name)}: {_spec(spec)}{'' if name in required else ' = ...'}" for name, spec in interface["inputs"]
        ]
        return f"({', '.join(inputs)}) -> {_spec(interface['result'])}"
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContentError(f"the interface is malformed: {error!r:.200}") from None


def _spec(data: Mapping[str, Any]) -> str:
    match data["is"]:
        case "tensor":
            return _tensor(data)
        case "list":
            return f"list[{_spec(data['item'])}]"
        case "tuple":
            return f"tuple[{_spec(data['item'])}, ...]"
        case "sequence":
            return f"Sequence[{_spec(data['item'])}]"
        case "items":
            return f"tuple[{', '.join(map(_spec, data['items'])) or '()'}]"
        case ("dict" | "mapping") as container:
            name = "dict" if container == "dict" else "Mapping"
            return f"{name}[{_spec(data['key'])}, {_spec(data['value'])}]"
        case form if form in _RECORDS:
            return f"{_text(data['name'])}({', '.join(f'{_text(n)}: {_spec(field)}' for n, field in data['fields'])})"
        case "optional":
            return f"{_spec(data['item'])} | None"
        case "union":
            return " | ".join(map(_spec, data["options"]))
        case "value":
            return _text(data["type"])
        case other:
            raise ValueError(f"{other!r} is no kind of type")


def _tensor(data: Mapping[str, Any]) -> str:
    axes, dtype, element = data.get("axes"), data.get("dtype"), data.get("element")
    known = "Shaped" if dtype is None else _text(dtype if isinstance(dtype, str) else dtype["name"])
    array = f'{known}[Tensor, "{"..." if axes is None else _text(axes)}"]'
    return array if element is None else f"NeuralType[{array}, {_element(element)}]"


def _element(data: Mapping[str, Any]) -> str:
    if "var" in data:
        return _text(data["var"])
    name = _text(data["name"]).rpartition(".")[2]
    known = ", ".join(f"{_text(key)}={value!r}" for key, value in data.get("parameters", {}).items())
    return f"{name}({known})" if known else name


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.100} is no text")
    return value
