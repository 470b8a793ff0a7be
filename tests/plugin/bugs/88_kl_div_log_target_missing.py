"""kl_div_log_target_missing

kind: silent   facet: semantic   seen in: kl_div with two log_softmax
ideal static checker: the target is a logarithm, log_target=True missing
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def consistency(a: Float[Tensor, "b c"], b: Float[Tensor, "b c"]) -> Float[Tensor, ""]:
    p, q = a.log_softmax(dim=1), b.log_softmax(dim=1)
    return F.kl_div(q, p, reduction="batchmean")  # BUG: log_target=True


def main() -> None:
    torch.manual_seed(0)
    s, t = torch.randn(4, 5), torch.randn(4, 5)
    want = (s.softmax(1) * (s.log_softmax(1) - t.log_softmax(1))).sum(1).mean()
    good = bool(torch.allclose(consistency(s, t), want, atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
