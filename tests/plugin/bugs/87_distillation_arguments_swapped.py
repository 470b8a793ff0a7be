"""distillation_arguments_swapped

kind: silent   facet: semantic   seen in: knowledge distillation, arguments of kl_div in the paper's order
ideal static checker: the first argument takes log probabilities
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def distill(student: Float[Tensor, "b c"], teacher: Float[Tensor, "b c"], temperature: float) -> Float[Tensor, ""]:
    p = F.softmax(teacher / temperature, dim=-1)
    log_q = F.log_softmax(student / temperature, dim=-1)
    return F.kl_div(p, log_q, reduction="batchmean") * temperature**2  # BUG: kl_div(log_q, p)


def main() -> None:
    torch.manual_seed(0)
    s = torch.randn(4, 5)
    good = bool(distill(s, s, 2.0).abs() < 1e-6)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
