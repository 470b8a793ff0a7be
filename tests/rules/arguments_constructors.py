"""Arguments for the constructors of torch's modules, about every third of them wrong."""

from __future__ import annotations

from typing import Any

from tests.rules._conformance import Arguments, Draw, T, arguments

_MODES = ("zeros", "reflect", "replicate", "circular", "mirror")


def _register_convolution(count: int, *, is_lazy: bool, is_transposed: bool) -> None:
    name = f"torch.nn.{'Lazy' * is_lazy}Conv{'Transpose' * is_transposed}{count}d.__init__"

    @arguments(name)
    def convolution(draw: Draw) -> Arguments:
        given: Arguments = {
            "out_channels": draw.choice((2, 4, 6, 9)),
            "kernel_size": _window(draw, count),
            "stride": _window(draw, count),
            "groups": draw.choice((0, 1, 1, 2, 3)),
            "padding_mode": draw.choice((*["zeros"] * 8, *_MODES)),
        }
        if not is_lazy:
            given["in_channels"] = draw.choice((2, 4, 6, 9))
        if not is_transposed and draw.chance(0.4):
            given["padding"] = draw.choice(("same", "valid", "full", 1))
        return given


def _window(draw: Draw, count: int) -> Any:
    numbers = tuple(draw.size(1, 3) for _ in range(count + draw.chance(0.05)))
    return 1 if draw.chance(0.5) else numbers if len(numbers) > 1 else numbers[0]


for _count in (1, 2, 3):
    for _is_lazy in (False, True):
        for _is_transposed in (False, True):
            _register_convolution(_count, is_lazy=_is_lazy, is_transposed=_is_transposed)


@arguments("torch.nn.GroupNorm.__init__")
def group_norm(draw: Draw) -> Arguments:
    return {"num_groups": draw.randint(0, 4), "num_channels": draw.size(1, 12)}


@arguments("torch.nn.MultiheadAttention.__init__")
def attention(draw: Draw) -> Arguments:
    return {"embed_dim": draw.choice((0, 6, 8, 12)), "num_heads": draw.randint(0, 4)}


@arguments("torch.nn.TransformerEncoderLayer.__init__", "torch.nn.TransformerDecoderLayer.__init__")
def layer(draw: Draw) -> Arguments:
    rate = draw.choice((0.0, 0.1, 1.0, 1.5, -0.5))
    return {"d_model": draw.choice((4, 6, 8)), "nhead": draw.randint(0, 4), "dim_feedforward": 4, "dropout": rate}


@arguments("torch.nn.Transformer.__init__")
def transformer(draw: Draw) -> Arguments:
    return {**layer(draw), "num_encoder_layers": 1, "num_decoder_layers": 1}


@arguments("torch.nn.RNN.__init__", "torch.nn.GRU.__init__")
def recurrent(draw: Draw) -> Arguments:
    sizes = {name: draw.choice((0, 1, 2, 3, 4)) for name in ("input_size", "hidden_size", "num_layers")}
    return {**sizes, "dropout": draw.choice((0, 0.0, 0.5, 1, 1.5))}


@arguments("torch.nn.LSTM.__init__")
def lstm(draw: Draw) -> Arguments:
    return {**recurrent(draw), "proj_size": draw.choice((-1, 0, 0, 1, 3))}


@arguments(*(f"torch.nn.{kind}.__init__" for kind in ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d")))
def dropout(draw: Draw) -> Arguments:
    return {"p": draw.choice((0, 0.0, 0.3, 1, 1.0, 1.2, -0.1, 2))}


@arguments("torch.nn.AlphaDropout.__init__", "torch.nn.FeatureAlphaDropout.__init__")
def alpha_dropout(draw: Draw) -> Arguments:
    return dropout(draw)


@arguments("torch.nn.Embedding.__init__", "torch.nn.EmbeddingBag.__init__")
def embedding(draw: Draw) -> Arguments:
    return {"num_embeddings": 4, "embedding_dim": 2, "padding_idx": draw.choice((None, 0, 3, 4, -4, -5))}


@arguments("torch.nn.FractionalMaxPool2d.__init__", "torch.nn.FractionalMaxPool3d.__init__")
def fractional_pool(draw: Draw) -> Arguments:
    given: Arguments = {"kernel_size": draw.choice((0, 1, 2))}
    if draw.chance(0.5):
        given["output_size"] = draw.size()
    if draw.chance(0.5):
        given["output_ratio"] = draw.choice((0.5, 0.25, 1.0, 1.5, 0.0))
    return given


@arguments("torch.nn.AdaptiveLogSoftmaxWithLoss.__init__")
def adaptive_softmax(draw: Draw) -> Arguments:
    cutoffs = [draw.randint(0, 9) for _ in range(draw.randint(0, 3))]
    return {"in_features": 4, "n_classes": 8, "cutoffs": cutoffs if draw.chance(0.5) else sorted(set(cutoffs))}


@arguments("torch.nn.Bilinear.__init__")
def bilinear(draw: Draw) -> Arguments:
    return {"in1_features": draw.randint(-1, 3), "in2_features": 2, "out_features": 3}


@arguments("torch.nn.Hardtanh.__init__")
def hard_tanh(draw: Draw) -> Arguments:
    return {"min_val": draw.choice((-1.0, 0.0, 2, 1)), "max_val": draw.choice((1.0, 0.0, -1.5, 3))}


@arguments("torch.nn.MultiMarginLoss.__init__")
def multi_margin(draw: Draw) -> Arguments:
    weight = draw.choice((None, T((3,)), T((2, 2)), T(())))
    return {"p": draw.choice((1, 2, 3, 1.0, 1.5)), "weight": weight}


@arguments("torch.nn.TripletMarginLoss.__init__", "torch.nn.TripletMarginWithDistanceLoss.__init__")
def triplet(draw: Draw) -> Arguments:
    return {"margin": draw.choice((1.0, 0.5, 0.0, 0, 1, -1.0))}
