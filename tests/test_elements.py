"""Element types: NeMo's hierarchy, parameters, and one-line subclasses."""

import dataclasses
import gc
import pickle
from typing import Any, ClassVar

import pytest

from neuraltypes import AnnotationError, Comparison, TensorSpec, elements
from neuraltypes._compare import compare_elements
from neuraltypes.elements import (
    AudioSignal,
    Domain,
    ElementType,
    EncodedRepresentation,
    LabelsType,
    LogitsType,
    LogprobsType,
    MelSpectrogramType,
    ProbsType,
    SpectrogramType,
    UnnormalizedType,
    VideoSignal,
    VoidType,
    element_name,
    find_element,
    parameters,
)

# Each class under its parent, as NeMo has them.
NEMO_TREE = {
    "ElementType": [
        *(
            "VoidType",
            "ChannelType",
            "LogitsType",
            "ProbsType",
            "LogprobsType",
            "LabelsType",
            "LengthsType",
            "LossType",
        ),
        *(
            "AudioSignal",
            "VideoSignal",
            "Index",
            "Target",
            "ImageValue",
            "StringType",
            "BoolType",
            "FloatType",
            "IntType",
        ),
        *("ProbabilityDistributionSamplesType", "SequenceToSequenceAlignmentType", "NormalDistributionMeanType"),
        *("NormalDistributionLogVarianceType", "TokenDurationType", "TokenLogDurationType", "LogDeterminantType"),
    ],
    "ChannelType": ["EmbeddedTextType", "EncodedRepresentation", "SpectrogramType"],
    "EncodedRepresentation": ["AcousticEncodedRepresentation"],
    "SpectrogramType": ["MelSpectrogramType", "MFCCSpectrogramType"],
    "LabelsType": ["HypothesisType", "PredictionsType"],
    "PredictionsType": ["RegressionValuesType", "CategoricalValuesType", "MaskType"],
    "Target": ["ClassificationTarget"],
    "ImageValue": ["NormalizedImageValue", "ImageFeatureValue"],
    "StringType": ["StringLabel"],
    "IntType": ["TokenIndex", "Length"],
    "ProbabilityDistributionSamplesType": ["NormalDistributionSamplesType"],
}
NEMO_PARENTS = {child: parent for parent, children in NEMO_TREE.items() for child in children}
OURS = [
    *("UnnormalizedType", "IgnoreMaskType", "PaddingMaskType", "KeepMaskType", "ValidMaskType"),
    *("AttentionBiasType", "AttentionWeightsType", "PositionIndex", "PositionalEncodingType"),
]


def element_class(name: str) -> type[ElementType]:
    cls: type[ElementType] = getattr(elements, name)
    return cls


def test_nemos_classes_are_43() -> None:
    assert len(NEMO_PARENTS) + 1 == 43


@pytest.mark.parametrize(("name", "parent"), NEMO_PARENTS.items())
def test_an_element_of_nemo_has_nemos_parent(name: str, parent: str) -> None:
    assert element_class(name).__bases__ == (element_class(parent),)


@pytest.mark.parametrize("name", [*NEMO_PARENTS, *OURS, "ElementType"])
def test_an_element_is_made_found_documented_and_printed_by_name(name: str) -> None:
    cls = element_class(name)
    element = cls()
    assert repr(element) == str(element) == f"{name}()"
    assert element == cls()
    assert hash(element) == hash(cls())
    assert find_element(element_name(cls)) is cls
    assert element_name(cls) == f"neuraltypes.elements.{name}"
    assert cls.__doc__
    assert pickle.loads(pickle.dumps(element)) == element


def test_the_hierarchy_holds_nothing_that_this_table_does_not_name() -> None:
    found = {
        name for name, value in vars(elements).items() if isinstance(value, type) and issubclass(value, ElementType)
    }
    assert found == {"ElementType", *NEMO_PARENTS, *OURS}


def test_every_two_elements_of_different_classes_differ() -> None:
    made = [element_class(name)() for name in [*NEMO_PARENTS, *OURS]]
    assert len(set(made)) == len(made)
    assert EncodedRepresentation() != elements.AcousticEncodedRepresentation()


def test_only_two_elements_of_nemo_have_parameters() -> None:
    names = [name for name in NEMO_PARENTS if dataclasses.fields(element_class(name))]
    assert names == ["AudioSignal", "VideoSignal"]


def test_a_parameter_is_part_of_the_element() -> None:
    audio = AudioSignal(freq=16000)
    assert repr(audio) == "AudioSignal(freq=16000)"
    assert parameters(audio) == {"freq": 16000}
    assert audio == AudioSignal(freq=16000)
    assert hash(audio) == hash(AudioSignal(freq=16000))
    assert audio != AudioSignal(freq=8000)
    assert audio != AudioSignal()
    assert parameters(AudioSignal()) == {}
    assert repr(VideoSignal(fps=25)) == "VideoSignal(fps=25)"
    with pytest.raises(dataclasses.FrozenInstanceError):
        audio.freq = 8000  # type: ignore[misc]


def test_a_parameter_is_given_by_name() -> None:
    with pytest.raises(TypeError):
        AudioSignal(16000)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        AudioSignal(rate=16000)  # type: ignore[call-arg]


class Energy(LogitsType): ...


class Speech(AudioSignal): ...


class Music(AudioSignal):
    channels: int | None = None
    unit: ClassVar[str] = "Pa"


class Scaled(ElementType):
    scale: float = 1.0


def test_a_subclass_is_one_line() -> None:
    assert repr(Energy()) == "Energy()"
    assert find_element(element_name(Energy)) is Energy
    assert Energy() != LogitsType()
    assert Energy.domain is Domain.REAL


def test_a_subclass_keeps_the_parents_parameters_and_adds_its_own() -> None:
    assert repr(Speech(freq=8000)) == "Speech(freq=8000)"
    assert Speech(freq=8000) == Speech(freq=8000)
    assert Speech(freq=8000) != Speech(freq=16000)
    assert Speech(freq=8000) != AudioSignal(freq=8000)
    assert parameters(Music(freq=8000, channels=2)) == {"freq": 8000, "channels": 2}
    assert hash(Music(channels=2)) == hash(Music(channels=2))
    assert "unit" not in parameters(Music())


def test_a_parameter_with_another_default_than_none_is_always_known() -> None:
    assert parameters(Scaled()) == {"scale": 1.0}
    assert compare_elements(Scaled(), Scaled(scale=2.0)) is Comparison.SAME_TYPE_INCOMPATIBLE_PARAMS


def test_a_parameter_without_default_is_refused() -> None:
    with pytest.raises(AnnotationError) as error:

        class Wrong(ElementType):
            freq: int

    message = 'Wrong.freq: a parameter of an element needs a default, None for unknown; write "freq: ... | None = None"'
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("expected", "given", "outcome"),
    [
        (SpectrogramType(), SpectrogramType(), "SAME"),
        (SpectrogramType(), MelSpectrogramType(), "GREATER"),
        (MelSpectrogramType(), SpectrogramType(), "LESS"),
        (SpectrogramType(), LogitsType(), "INCOMPATIBLE"),
        (ElementType(), LogitsType(), "GREATER"),
        (LogitsType(), ElementType(), "LESS"),
        (VoidType(), LogitsType(), "SAME"),
        (LogitsType(), VoidType(), "INCOMPATIBLE"),
        (None, LogitsType(), "SAME"),
        (LogitsType(), None, "SAME"),
        (AudioSignal(freq=16000), AudioSignal(freq=16000), "SAME"),
        (AudioSignal(freq=16000), AudioSignal(), "SAME"),
        (AudioSignal(), AudioSignal(freq=16000), "SAME"),
        (AudioSignal(freq=16000), AudioSignal(freq=8000), "SAME_TYPE_INCOMPATIBLE_PARAMS"),
        # NeMo skips the parameters of a subclass.
        (AudioSignal(freq=16000), Speech(freq=8000), "SAME_TYPE_INCOMPATIBLE_PARAMS"),
        (Speech(freq=16000), AudioSignal(freq=8000), "SAME_TYPE_INCOMPATIBLE_PARAMS"),
        (AudioSignal(freq=16000), Speech(freq=16000), "GREATER"),
        (AudioSignal(freq=16000), Music(freq=16000, channels=2), "GREATER"),
        (Music(channels=1), AudioSignal(freq=16000), "LESS"),
        (Music(channels=1), Music(freq=16000), "SAME"),
        # What a layer puts out is fit for any real-valued element, and for no other.
        (LogitsType(), UnnormalizedType(), "GREATER"),
        (EncodedRepresentation(), UnnormalizedType(), "GREATER"),
        (ProbsType(), UnnormalizedType(), "INCOMPATIBLE"),
        (LogprobsType(), UnnormalizedType(), "INCOMPATIBLE"),
        (LabelsType(), UnnormalizedType(), "INCOMPATIBLE"),
        (UnnormalizedType(), UnnormalizedType(), "SAME"),
        (UnnormalizedType(), LogitsType(), "INCOMPATIBLE"),
        (elements.PaddingMaskType(), elements.ValidMaskType(), "INCOMPATIBLE"),
        (elements.MaskType(), elements.PaddingMaskType(), "GREATER"),
        (ProbsType(), elements.AttentionWeightsType(), "GREATER"),
    ],
)
def test_elements_compare_by_subclassing_and_parameters(
    expected: ElementType | None, given: ElementType | None, outcome: str
) -> None:
    assert compare_elements(expected, given) is Comparison[outcome]
    assert TensorSpec("b", expected).compare(TensorSpec("b", given)) is Comparison[outcome]


def test_an_input_accepts_subclasses_and_an_output_serves_as_its_superclasses() -> None:
    declared, mel = TensorSpec(element=SpectrogramType), TensorSpec(element=MelSpectrogramType)
    assert declared.compare(mel).accepted
    assert not mel.compare(declared).accepted
    for superclass in (SpectrogramType, elements.ChannelType, ElementType):
        assert TensorSpec(element=superclass).compare(mel).accepted


def test_an_unknown_name_finds_no_element() -> None:
    assert find_element("neuraltypes.elements.Logits") is None
    assert find_element("") is None


def test_an_element_that_is_gone_is_not_found() -> None:
    def define() -> str:
        class Gone(ElementType): ...

        assert find_element(element_name(Gone)) is Gone
        return element_name(Gone)

    name = define()
    gc.collect()
    assert find_element(name) is None


def test_a_redefined_element_is_found_anew() -> None:
    def define() -> type[ElementType]:
        class Again(ElementType): ...

        return Again

    first, second = define(), define()
    assert first is not second
    assert find_element(element_name(second)) is second


@pytest.mark.parametrize("element", ["LogitsType", 3, int, object(), LogitsType | None])
def test_what_is_no_element_is_refused(element: Any) -> None:
    with pytest.raises(AnnotationError) as error:
        TensorSpec("b", element)
    message = (
        f"element {element!r} is no element type; write a subclass of ElementType such as LogitsType, "
        "or an instance such as AudioSignal(freq=16000)"
    )
    assert str(error.value) == message


def test_each_element_with_a_domain_inherits_it() -> None:
    assert MelSpectrogramType.domain is Domain.REAL
    assert elements.ValidMaskType.domain is Domain.BOOLEAN
    assert elements.ClassificationTarget.domain is Domain.INDEX
    assert ElementType.domain is None
