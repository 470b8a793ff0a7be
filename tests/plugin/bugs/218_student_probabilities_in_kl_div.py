"""student_probabilities_in_kl_div

kind: silent   facet: semantic   seen in: microsoft/ProDA#20, #43
ideal static checker: kl_div takes log-probabilities, got the student's softmax
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class SelfDistillation(nn.Module):
    def __init__(self, student: nn.Conv2d, teacher: nn.Conv2d) -> None:
        super().__init__()
        self.student, self.teacher = student, teacher

    def forward(self, image: Float[Tensor, "b 3 h w"]) -> Float[Tensor, ""]:
        student = F.softmax(self.student(image), dim=1)  # BUG: log_softmax
        with torch.no_grad():
            scores = F.interpolate(self.teacher(image), size=image.shape[2:], mode="bilinear", align_corners=True)
            teacher = F.softmax(scores, dim=1)
        loss = F.kl_div(student, teacher, reduction="none")
        mask = (teacher != 250).float()
        return (loss * mask).sum() / mask.sum()


def main() -> None:
    torch.manual_seed(0)
    a, b, x = nn.Conv2d(3, 5, 1), nn.Conv2d(3, 5, 1), torch.randn(2, 3, 4, 4)
    ref = F.kl_div(F.log_softmax(a(x), 1), F.softmax(b(x), 1), reduction="mean")
    print("GOOD" if torch.allclose(SelfDistillation(a, b)(x), ref, atol=1e-6) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
