"""next_token_appended_to_batch

kind: crash   facet: axis   seen in: sampling loops of small GPTs
ideal static checker: cat along the batch: t and 1 differ in the other axis
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


def generate(model: nn.Module, ids: Int[Tensor, "b t"], temperature: float) -> Int[Tensor, "b t+1"]:
    logits: Float[Tensor, "b t vocab"] = model(ids)
    probs = F.softmax(logits[:, -1, :] / temperature, dim=-1)
    following = torch.multinomial(probs, num_samples=1)
    return torch.cat((ids, following), dim=1)


def main() -> None:
    torch.manual_seed(0)

    model = nn.Sequential(nn.Embedding(10, 4), nn.Linear(4, 10))
    good = generate(model, torch.randint(0, 10, (2, 5)), 1.0).shape == (2, 6)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
