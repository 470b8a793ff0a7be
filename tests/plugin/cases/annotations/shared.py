"""Names that other cases import."""

from typing import TypeAlias

from jaxtyping import Bool as Starred
from jaxtyping import Float
from jaxtyping import Float as Floating
from jaxtyping import Int as Exported
from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, MelSpectrogramType

__all__ = ["Audio", "Exported", "Floating", "Implicit", "Logits", "Maps", "Mel", "Pair", "Starred"]

Audio: TypeAlias = Float[Tensor, "b t"]
Implicit = Float[Tensor, "b t"]
Mel: TypeAlias = NeuralType[Float[Tensor, "b mel=80 t"], MelSpectrogramType]
Logits = NeuralType[Float[Tensor, "b classes"], LogitsType]
Maps = list[Float[Tensor, "b c h w"]]
Pair: TypeAlias = tuple[Audio, Logits]
