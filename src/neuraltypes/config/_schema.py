"""Configs over the defaults and types of a dataclass."""

from __future__ import annotations

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from neuraltypes.config import _omega
from neuraltypes.config._classes import Classes
from neuraltypes.config._containers import created
from neuraltypes.config._fit import Fitter
from neuraltypes.config._nodes import root_node


def with_schema(config: DictConfig, schema: type) -> DictConfig:
    """A config over a dataclass's defaults, and of its types.

    Raises:
        ConfigError: a key or value does not fit; all of them, with their lines.
    """
    typed = created(schema)
    plain = OmegaConf.create(OmegaConf.to_container(typed), flags={"allow_objects": True})
    merged = OmegaConf.merge(plain, config)
    _omega.allow_resolvers(merged, _omega.allowed_resolvers(config))
    fitter = Fitter(Classes())
    fitter.fit_schema(root_node(merged), schema)
    fitter.raise_problems()
    try:
        found = OmegaConf.merge(typed, config)
    except OmegaConfBaseException as error:  # a type of which OmegaConf takes less than fits
        raise _omega.refused(error) from None
    _omega.allow_resolvers(found, _omega.allowed_resolvers(config))
    assert isinstance(found, DictConfig)
    return found
