"""Configs of modules: read, checked as a whole before anything is made, and made into objects.

A config is a container of OmegaConf's, a dict or a dataclass, with the parameters of a constructor as its keys; where
the class is not known from the place, `_target_` names it. OmegaConf is needed for its own containers, for files and
for `default_config` only, and is not imported otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuraltypes._lazy import lazy_names

if TYPE_CHECKING:
    from neuraltypes.config._check import Report as Report
    from neuraltypes.config._check import check as check
    from neuraltypes.config._containers import as_config as as_config
    from neuraltypes.config._load import load as load
    from neuraltypes.config._make import instantiate as instantiate
    from neuraltypes.config.errors import ConfigError as ConfigError
    from neuraltypes.config.errors import Position as Position
    from neuraltypes.config.errors import Problem as Problem

__all__ = ["ConfigError", "Position", "Problem", "Report", "as_config", "check", "instantiate", "load"]

# Each is loaded at first use: the reading of an archive needs none of them.
_MODULES = {
    "neuraltypes.config._check": ("Report", "check"),
    "neuraltypes.config._containers": ("as_config",),
    "neuraltypes.config._load": ("load",),
    "neuraltypes.config._make": ("instantiate",),
    "neuraltypes.config.errors": ("ConfigError", "Position", "Problem"),
}

__getattr__, __dir__ = lazy_names(globals(), _MODULES)
