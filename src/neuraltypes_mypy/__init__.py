"""The entry of the mypy plugin: `plugins = neuraltypes_mypy` in mypy's configuration.

The rules for shapes, axis kinds and elements arrive in the next release. Until then the plugin changes nothing: mypy
reads a neural type as the plain tensor type.
"""

from typing import final

from mypy.plugin import Plugin

__all__ = ["NeuralTypesPlugin", "plugin"]


@final
class NeuralTypesPlugin(Plugin):
    """A plugin without a rule yet."""


def plugin(version: str) -> type[Plugin]:  # noqa: ARG001 - mypy passes its version to every plugin
    """The plugin class for this version of mypy, which is the same for every version."""
    return NeuralTypesPlugin
