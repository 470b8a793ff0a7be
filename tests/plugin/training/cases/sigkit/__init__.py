"""A library without annotations; `shapes` says what it gives."""
# mypy: ignore-errors


def band_energy(x, bands):
    return x @ bands.mT


def decimate(x, factor, dim=-1):
    return x


class Resampler:
    def __init__(self, channels, factor=2):
        self.channels = channels

    def forward(self, x):
        return x

    def __call__(self, *args, **kwargs):
        return self.forward(*args, **kwargs)
