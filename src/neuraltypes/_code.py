"""A writer of Python source: lines, indentation, and the values that the lines refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import CodeType
from typing import Any, Final, final

OK: Final = "_nt_ok"  # the variable of a guard that says whether all is fine so far


@final
class CodeWriter:
    """Lines of code; `constants` are the names that they refer to, `literals` what `embed_literals` puts into them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self.literals: dict[str, frozenset[Any] | str] = {}
        self._indent = 0
        self._count = 0

    @property
    def indentation(self) -> str:
        """What the next line starts with."""
        return "    " * self._indent

    def constant(self, value: Any) -> str:
        """The name by which the lines refer to `value`."""
        for name, known in self.constants.items():
            if known is value:
                return name
        name = f"_nt_c{len(self.constants)}"
        self.constants[name] = value
        return name

    def literal(self, value: frozenset[Any] | str) -> str:
        """A placeholder that `embed_literals` replaces: torch.compile need not guard what stands in the code itself."""
        placeholder = next(
            (p for p, known in self.literals.items() if known == value), f"_nt_literal_{len(self.literals)}"
        )
        self.literals[placeholder] = value
        return repr(placeholder)

    def variable(self) -> str:
        """A name that is not used yet."""
        self._count += 1
        return f"_nt_{self._count}"

    def emit(self, line: str) -> None:
        """Write one line."""
        self.lines.append(self.indentation + line)

    def clear_unless(self, condition: str, flag: str) -> None:
        """Set the flag to False where the condition does not hold."""
        with self.when(f"not ({condition})"):
            self.emit(f"{flag} = False")

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """Indent what is written inside, under `if condition:`; no condition, no indentation."""
        if not condition:
            yield
            return
        self.emit(f"if {condition}:")
        start = len(self.lines)
        self._indent += 1
        yield
        if len(self.lines) == start:
            self.emit("pass")
        self._indent -= 1

    @contextmanager
    def loop(self, header: str, flag: str) -> Iterator[None]:
        """Indent what is written inside under a loop, which ends once the flag is cleared."""
        self.emit(header)
        self._indent += 1
        yield
        self.emit(f"if not {flag}: break" if flag else "pass")
        self._indent -= 1

    def take(self) -> list[str]:
        """The lines so far; the next ones start anew."""
        lines, self.lines = self.lines, []
        return lines


def embed_literals(code: CodeType, literals: Mapping[str, Any]) -> CodeType:
    """`code` with each placeholder among its constants replaced by the value that it stands for."""
    constants = (literals.get(c, c) if isinstance(c, str) else c for c in code.co_consts)
    return code.replace(co_consts=tuple(constants))
