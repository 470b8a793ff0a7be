"""What the results of another module are used for.

The lines of the calls have no numbers that edits of other files are known by.
"""

import torch.nn.functional as F
from heads import Bare, Classifier, Over, named, scored, weigh
from jaxtyping import Float, Int
from torch import Tensor


def losses(
    x: Float[Tensor, "2 32"],
    z: Float[Tensor, "2 10"],
    y: Int[Tensor, "2"],
    net: Classifier,
) -> None:
    F.cross_entropy(weigh(z), y)
    F.binary_cross_entropy_with_logits(net(x), z)
    logits, logprobs = net.both(x)
    F.nll_loss(logprobs, y)
    F.binary_cross_entropy(Bare()(z), z)
    made, entries = scored(z), named(z)
    F.kl_div(made.probs, z)
    F.multilabel_soft_margin_loss(entries["probs"], z)
    F.binary_cross_entropy(Over()(z), z)
