"""Element types: what the numbers of a tensor mean.

The hierarchy is open: `class Energy(LogitsType): ...` is a new element. The names are NeMo's (`nemo.core.neural_types.
elements`); what the field needs beyond them is at the end.

**Direction.** An input accepts its declared element or any subclass; an output promises its declared element, on which
callers may rely as any superclass: parameters are contravariant and results covariant, as for any function type.

**Parameters** are the fields of a (frozen, keyword-only) dataclass: `AudioSignal(freq=16000)`. A field that is None is
unknown and agrees with every value; otherwise values must be equal, between a class and its subclasses too.

**Padding** is the number that stands where a sequence has ended and its batch goes on, None where none is fit to:
`class BytePair(TokenIndex): padding = 3`.
"""

from __future__ import annotations

import enum
import weakref
from dataclasses import dataclass, fields
from typing import Any, ClassVar, dataclass_transform

from neuraltypes._classes import full_name
from neuraltypes._errors import AnnotationError


class Domain(enum.Enum):
    """The values that an element admits; example inputs are drawn from it."""

    REAL = "any real number"
    UNIT = "0 to 1"
    NON_POSITIVE = "at most 0"
    NON_NEGATIVE = "at least 0"
    INDEX = "a whole number from 0 on"
    LENGTH = "a whole number from 1 on, at most the longest axis"
    BOOLEAN = "true or false"


_by_name: weakref.WeakValueDictionary[str, type[ElementType]] = weakref.WeakValueDictionary()


@dataclass_transform(kw_only_default=True, frozen_default=True)
@dataclass(frozen=True, kw_only=True, repr=False)
class ElementType:
    """The root of all elements: "the numbers mean something", no more is said.

    Fields of subclasses are parameters; they must have a default, None for "unknown". `domain` and `padding` belong to
    the class, and are inherited.

    Raises:
        AnnotationError: a subclass declares a parameter without a default.
    """

    domain: ClassVar[Domain | None] = None
    padding: ClassVar[float | None] = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__annotations__:
            _require_defaults(cls)
            dataclass(frozen=True, kw_only=True, repr=False)(cls)
        _by_name[element_name(cls)] = cls

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in parameters(self).items())})"


def _require_defaults(cls: type[ElementType]) -> None:
    for name, hint in cls.__annotations__.items():
        if name not in cls.__dict__ and not str(hint).startswith(("ClassVar", "typing.ClassVar")):
            raise AnnotationError(
                f"{cls.__name__}.{name}: a parameter of an element needs a default, None for unknown; "
                f'write "{name}: ... | None = None"'
            )


def parameters(element: ElementType) -> dict[str, Any]:
    """The parameters of an element that are known, by name."""
    values = ((field.name, getattr(element, field.name)) for field in fields(element))
    return {name: value for name, value in values if value is not None}


def parameters_agree(left: ElementType, right: ElementType) -> bool:
    """Whether no parameter that both know differs."""
    theirs = parameters(right)
    return all(value == theirs.get(name, value) for name, value in parameters(left).items())


def element_name(cls: type[ElementType]) -> str:
    """The name under which an element is written to files: module and qualified name."""
    return full_name(cls)


def find_element(name: str) -> type[ElementType] | None:
    """The imported element of that `element_name`, or None; nothing is imported to find it."""
    return _by_name.get(name)


_by_name[element_name(ElementType)] = ElementType


class VoidType(ElementType):
    """Anything at all: as an input it accepts every element."""


class ChannelType(ElementType):
    """Channels of any kind: features, embeddings, encodings."""

    domain = Domain.REAL
    padding = 0.0


class EmbeddedTextType(ChannelType):
    """Embeddings of words or tokens."""


class EncodedRepresentation(ChannelType):
    """The output of an encoder."""


class AcousticEncodedRepresentation(EncodedRepresentation):
    """The output of an encoder of sound."""


class SpectrogramType(ChannelType):
    """A spectrogram: energy by frequency and time."""


class MelSpectrogramType(SpectrogramType):
    """A spectrogram on the mel scale."""


class MFCCSpectrogramType(SpectrogramType):
    """Mel-frequency cepstral coefficients."""


class LogitsType(ElementType):
    """Unnormalised log-odds: what softmax or sigmoid turns into probabilities."""

    domain = Domain.REAL


class ProbsType(ElementType):
    """Probabilities."""

    domain = Domain.UNIT


class LogprobsType(ElementType):
    """Natural logarithms of probabilities."""

    domain = Domain.NON_POSITIVE


class LabelsType(ElementType):
    """Labels of data; torch's losses ignore the label of the padding."""

    domain = Domain.INDEX
    padding: ClassVar[float | None] = -100


class HypothesisType(LabelsType):
    """A decoded hypothesis."""


class PredictionsType(LabelsType):
    """What a model predicts, as labels."""


class RegressionValuesType(PredictionsType):
    """Predicted real values."""

    domain = Domain.REAL
    padding = None


class CategoricalValuesType(PredictionsType):
    """Predicted categories."""


class MaskType(PredictionsType):
    """A mask of either convention; `IgnoreMaskType` and `KeepMaskType` say which, and what stands in the padding."""

    domain = Domain.BOOLEAN
    padding = False


class LengthsType(ElementType):
    """Lengths of sequences, in steps of the time axis."""

    domain = Domain.LENGTH


class LossType(ElementType):
    """A loss."""

    domain = Domain.REAL


class AudioSignal(ElementType):
    """A waveform sampled at `freq` Hz."""

    domain = Domain.REAL
    padding = 0.0
    freq: int | None = None


class VideoSignal(ElementType):
    """A video of `fps` frames a second."""

    domain = Domain.REAL
    padding = 0.0
    fps: int | None = None


class Index(ElementType):
    """Indices into something."""

    domain = Domain.INDEX


class Target(ElementType):
    """What a model is trained to give."""


class ClassificationTarget(Target):
    """Class indices to be predicted."""

    domain = Domain.INDEX
    padding = -100


class ImageValue(ElementType):
    """Pixel values."""

    domain = Domain.NON_NEGATIVE
    padding = 0.0


class NormalizedImageValue(ImageValue):
    """Pixel values from 0 to 1."""

    domain = Domain.UNIT


class ImageFeatureValue(ImageValue):
    """Features of an image."""

    domain = Domain.REAL


class StringType(ElementType):
    """Strings."""


class StringLabel(StringType):
    """Labels that are strings."""


class BoolType(ElementType):
    """Booleans."""

    domain = Domain.BOOLEAN
    padding = False


class FloatType(ElementType):
    """Real numbers without further meaning."""

    domain = Domain.REAL
    padding = 0.0


class IntType(ElementType):
    """Whole numbers without further meaning."""

    domain = Domain.INDEX


class TokenIndex(IntType):
    """Indices of tokens in a vocabulary."""


class Length(IntType):
    """A length; `LengthsType` is what models take."""

    domain = Domain.LENGTH


class ProbabilityDistributionSamplesType(ElementType):
    """Samples of a distribution."""

    domain = Domain.REAL


class NormalDistributionSamplesType(ProbabilityDistributionSamplesType):
    """Samples of a normal distribution."""


class SequenceToSequenceAlignmentType(ElementType):
    """How strongly each step of one sequence belongs to each step of another."""

    domain = Domain.UNIT
    padding = 0.0


class NormalDistributionMeanType(ElementType):
    """Means of normal distributions."""

    domain = Domain.REAL


class NormalDistributionLogVarianceType(ElementType):
    """Logarithms of the variances of normal distributions."""

    domain = Domain.REAL


class TokenDurationType(ElementType):
    """Durations of tokens, in steps of the time axis."""

    domain = Domain.NON_NEGATIVE
    padding = 0


class TokenLogDurationType(ElementType):
    """Logarithms of the durations of tokens."""

    domain = Domain.REAL


class LogDeterminantType(ElementType):
    """Logarithms of determinants, as normalising flows sum them."""

    domain = Domain.REAL


class UnnormalizedType(ElementType):
    """The raw output of a linear or convolution layer: fit for any element over all real numbers (logits, an encoding),
    never for probabilities, lengths or masks.
    """

    domain = Domain.REAL


class IgnoreMaskType(MaskType):
    """A mask in which True means "ignore", as `nn.MultiheadAttention` reads its masks."""

    padding = True


class PaddingMaskType(IgnoreMaskType):
    """True where a sequence is padded."""


class KeepMaskType(MaskType):
    """A mask in which True means "keep", as `F.scaled_dot_product_attention` reads its mask."""

    padding = False


class ValidMaskType(KeepMaskType):
    """True where a sequence holds data."""


class AttentionBiasType(ElementType):
    """Numbers added to attention scores before the softmax, minus infinity to ignore."""

    domain = Domain.REAL
    padding = float("-inf")


class AttentionWeightsType(ProbsType):
    """Attention after the softmax."""

    padding = 0.0


class PositionIndex(Index):
    """Positions in a sequence."""


class PositionalEncodingType(ChannelType):
    """Encodings of positions."""
