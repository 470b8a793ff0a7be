"""Elements and dtypes of the project."""

from jaxtyping import AbstractDtype

from neuraltypes.elements import AudioSignal


class Speech(AudioSignal): ...


class Half(AbstractDtype):
    dtypes = ["float16", "bfloat16"]
