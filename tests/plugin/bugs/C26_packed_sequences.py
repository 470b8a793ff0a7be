"""packed_sequences: packing, last states by gather, both directions joined, sorting and unsorting. A checker must stay silent."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence, pad_sequence


class BiEncoder(nn.Module):
    def __init__(self, vocab: int, d: int, hidden: int, layers: int = 2) -> None:
        super().__init__()
        self.layers, self.hidden = layers, hidden
        self.embed = nn.Embedding(vocab, d, padding_idx=0)
        self.rnn = nn.LSTM(d, hidden, layers, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(2 * hidden, hidden)

    def forward(
        self, tokens: Int64[Tensor, "batch time"], lengths: Int64[Tensor, "batch"]
    ) -> tuple[Float[Tensor, "batch time 2*hidden"], Float[Tensor, "layers batch hidden"]]:
        packed = pack_padded_sequence(self.embed(tokens), lengths.cpu(), batch_first=True, enforce_sorted=False)
        out, (h, _) = self.rnn(packed)
        padded, _ = pad_packed_sequence(out, batch_first=True, total_length=tokens.size(1))
        both = h.view(self.layers, 2, tokens.size(0), self.hidden).transpose(1, 2).flatten(2)
        return padded, torch.tanh(self.bridge(both))


class SortedGRU(nn.Module):
    def __init__(self, d: int, hidden: int) -> None:
        super().__init__()
        self.gru = nn.GRU(d, hidden)

    def forward(
        self, x: Float[Tensor, "time batch d"], lengths: Int64[Tensor, "batch"]
    ) -> Float[Tensor, "batch hidden"]:
        ordered, order = lengths.sort(descending=True)
        packed = pack_padded_sequence(x[:, order], ordered.cpu())
        _, h = self.gru(packed)
        return h[-1, order.argsort()]


class WordDropout(nn.Module):
    def forward(self, packed: PackedSequence) -> PackedSequence:
        return packed._replace(data=nn.functional.dropout(packed.data, 0.1, self.training))


def last_step(x: Float[Tensor, "batch time d"], lengths: Int64[Tensor, "batch"]) -> Float[Tensor, "batch d"]:
    index = (lengths - 1).view(-1, 1, 1).expand(-1, 1, x.size(2))
    return x.gather(1, index).squeeze(1)


def collate(items: list[Int64[Tensor, "_"]]) -> tuple[Int64[Tensor, "batch time"], Int64[Tensor, "batch"]]:
    lengths = torch.tensor([len(item) for item in items])
    return pad_sequence(items, batch_first=True), lengths


def main() -> None:
    torch.manual_seed(0)
    tokens, lengths = collate([torch.randint(1, 9, (n,)) for n in (3, 5, 2)])
    out, state = BiEncoder(9, 4, 6)(tokens, lengths)
    last = last_step(out, lengths)
    sorted_state = SortedGRU(12, 5)(out.transpose(0, 1), lengths)
    print("GOOD", tuple(out.shape), tuple(state.shape), tuple(last.shape), tuple(sorted_state.shape))


if __name__ == "__main__":
    main()
