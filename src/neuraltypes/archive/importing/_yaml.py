"""YAML as data: a subset of it without tags, merges and repeated keys, measured before it is parsed."""

from __future__ import annotations

import re
from typing import Any

from neuraltypes.archive._json import CONFIG_LIMITS
from neuraltypes.archive.errors import ArchiveError, ContentError, LimitError

_FLOAT = "tag:yaml.org,2002:float"
# As YAML 1.2 has it: `1e-4` is a number.
_EXPONENT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+\Z")


def decode_yaml(text: bytes, what: str) -> Any:
    """The value of a YAML text. Dates stay texts; an anchor's value is the same object wherever it is named.

    Raises:
        ArchiveError: the text is no YAML, has tags or merges, repeats a key, or is too large; or PyYAML is missing.
    """
    if len(text) > CONFIG_LIMITS.size:
        raise LimitError(f"{what} has {len(text)} bytes, at most {CONFIG_LIMITS.size} are read", part=what)
    try:
        import yaml  # type: ignore[import-untyped]
    except ImportError:
        raise ArchiveError(f'{what} needs PyYAML: pip install "neuraltypes[import]"') from None
    try:
        return yaml.load(text.decode(), _loader(what))  # noqa: S506  # a subclass of SafeLoader
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise ContentError(f"{what} is no YAML that configs may be: {error}", part=what) from None


def _loader(what: str) -> Any:
    import yaml

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """Numbers and texts alone: no dates, which JSON does not have."""

        depth = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            """Called for each value, inside of the call for the one that holds it."""
            self.depth += 1
            if self.depth > CONFIG_LIMITS.depth:
                raise LimitError(f"{what} is nested more than {CONFIG_LIMITS.depth} deep", part=what)
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

        def flatten_mapping(self, node: Any) -> None:
            """Called for each mapping, to merge others into it."""
            keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            if "<<" in keys:
                raise yaml.YAMLError(f"a merge (<<), which may grow without bound{node.start_mark}")
            if len(set(keys)) < len(keys):
                raise yaml.YAMLError(f"a key is repeated{node.start_mark}")

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Loader.add_implicit_resolver(_FLOAT, _EXPONENT, list("-+0123456789."))
    return Loader
