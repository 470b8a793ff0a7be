"""A call of `self`, in the sizes of a class of another module."""

from jaxtyping import Float
from torch import Tensor

from layers import Base


class Own(Base):
    def once(self, x: Float[Tensor, "b t"]) -> None:
        y: Float[Tensor, "b 3"] = self(x)
        print(y)
