"""The keys of a config that say what JSON does not have, each in an object of one key.

`{"_tuple_": [...]}`, `{"_dtype_": "bfloat16"}`, `{"_path_": ...}`, `{"_artifact_": name}` for the path of an artifact,
`{"_data_": {...}}` for the argument `cfg` and others that are configs, in which nothing is made, and
`{"_config_": {...}}` for one with interpolations, which the constructor reads itself; `{"_target_": class, ...}` is a
module made from a config of its own (of `"_version_"`, if that is not 1). Nothing else is ever made of a config.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import torch

Json: TypeAlias = Any
TARGET, VERSION, ARGUMENTS, ARTIFACT = "_target_", "_version_", "_args_", "_artifact_"
TUPLE, DTYPE, PATH, REFUSED = "_tuple_", "_dtype_", "_path_", "_refused_"
DATA, CONFIG = "_data_", "_config_"
DECLARED, KEYS = "_declared_", "_keys_"  # while arguments are kept: objects of a class, and dicts with keys of ours
RESERVED = frozenset({TARGET, VERSION, ARGUMENTS, ARTIFACT, TUPLE, DTYPE, PATH, DATA, CONFIG, REFUSED, DECLARED})
VALUES = RESERVED - {TARGET, VERSION, ARGUMENTS}
IN_CFG = frozenset({TUPLE, DTYPE, PATH, ARTIFACT})
DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in vars(torch).values() if isinstance(dtype, torch.dtype)}
