"""Keys of Lightning's checkpoints."""

from typing import Final

OPTIMIZERS: Final = "optimizer_states"
AVERAGING: Final = "averaging_state"
CURRENT: Final = "current_model_state"
"""The weights beside their average."""
