"""The plugin finds the small real-world bugs in `bugs/` above `def main()`, and is silent about their fixed twins.

Files with a C in front look suspicious and are right.
"""

from pathlib import Path
from typing import Final

import pytest

from tests.plugin._cases import Message, run_mypy
from tests.plugin._projects import copy_of

BUGS: Final = Path(__file__).parent / "bugs"
FILES: Final = sorted(BUGS.glob("*[0-9]_*.py"))
TRICKY: Final = [path for path in FILES if path.stem.startswith("C")]
WRONG: Final = [path for path in FILES if not path.stem.endswith("_ok") and path not in TRICKY]
RIGHT: Final = [path for path in FILES if path.stem.endswith("_ok")]
NOT_YET: Final = {
    "49_class_count_of_head": "a name that only the result has is bound by nothing, at run time too",
    "63_window_partition_without_permute": "all sizes are numbers: nothing says which part of an axis is which",
    "68_sdpa_heads_not_moved": "single letters and products of an attribute say no kind of axis",
    "91_entropy_axis_of_batch": "a sum over examples is right in many places",
    "94_temperature_on_probabilities": "numbers that were scaled mean anything",
    "111_padding_mask_hides_valid_sdpa": "a padding_mask is used both ways round",
    "117_mask_multiplied_before_softmax": "the product of scores and a mask may be meant",
    "151_view_after_transpose": "strides are not followed",
    "158_squeezed_prediction_against_column": "a method that declares no shape may be replaced in a subclass",
    "160_softmax_over_width_of_classes": "a softmax over one axis of an image is right in axial attention",
    "165_stage_of_blocks_forgets_width": "what a type[Block] makes may be of a subclass with other parameters",
    "167_logits_of_output_record": "names of sizes in a record are bound by nothing outside of it",
    "170_cross_attention_default_context": "an axis of the signature may be a size of the class",
    "174_heads_do_not_divide": "a projection to less than the whole width would be right",
    "185_heads_merged_in_other_order": "a shuffle of channels does the same and is right",
    "189_where_keeps_the_padding": "a pad_mask is used both ways round",
    "190_collate_stacks_along_channels": "names of sizes in a record are bound by nothing outside of it",
    "191_generator_of_windows_time_first": "a name that only the result has may be any size",
    "203_label_attention_mask": "what a module's own mask means is not taken from what it is passed on to",
    "206_representations_normalized_over_batch": "columns are normalized on purpose, too",
    "207_additive_attention_of_one_score": "a width of 1 may be one of several that a class is made with",
    "208_attention_output_into_image": "a whole division in what is merged: where a part begins is unknown",
    "211_mask_decoder_gives_probabilities": "a function does not take what it passes on for what it takes",
    "221_half_hidden_into_full_precision_layer": "a module may be converted as a whole",
    "222_norms_for_normalized_embeddings": "of branches that give different numbers of axes nothing is known",
    "244_batch_of_mels_into_time_first_encoder": "an axis of a record may be any",
    "248_time_first_targets_flattened": "sizes of products say no order",
    "324_sdpa_gets_padding_mask": "a key_padding_mask is used both ways round",
    "329_double_features_from_numpy": "a module may be converted as a whole, and its result is any float",
    "330_video_frames_by_view": "a name that only the result has is bound by nothing",
    "333_policy_loss_of_flattened_minimum": "all pairs are meant as often, where no layer gives the column",
    "335_advantages_centred_over_the_batch": "a mean over all is what normalizes advantages elsewhere",
    "336_edges_offset_by_graphs": "which numbers an index is made of says nothing of what it points to",
    "339_pooling_weights_of_one": "scores of one key are all that is there in some attention; tanh makes no logits",
    "354_listwise_loss_over_queries": "an axis of queries may be the one that competes",
    "356_padded_sequences_time_first": "sizes that nothing names have no kind",
    "364_positions_counted_over_padding": "counting what is padded is meant as often",
    "368_ratio_of_log_probabilities": "a quotient of log-likelihoods is a measure of its own",
    "376_routes_compete_for_capsules": "a softmax over what is then summed is right in attention",
    "380_penalty_of_each_pixel": "a norm over the channels of an image is right elsewhere",
    "381_one_position_for_all": "a table may be read at one place on purpose",
    "390_normalized_over_items_too": "layer_norm over all axes but the batch is right for images",
    "396_directions_viewed_into_queries": "a method that declares no shape may be replaced in a subclass",
    "400_divided_by_all_tokens_of_the_batch": "a sum over all may be what normalizes",
    "403_rotated_by_number_of_head": "what a method takes for positions is not followed",
    "405_halves_not_woven_again": "channels are shuffled on purpose, too",
    "406_packets_reshaped_before_images": "what a function of several lines gives undeclared is not followed",
    "468_softmax_over_width": "a softmax over one axis of an image is right in axial attention",
    "471_style_statistics_over_the_batch": "statistics over the batch are those of a batch norm",
}


@pytest.fixture(scope="module")
def errors(cache_of_torch: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, list[Message]]:
    """The errors above `def main()` in each file."""
    reports = run_mypy(BUGS, copy_of(cache_of_torch, tmp_path_factory.mktemp("bugs") / "cache"))
    return {path: [one for one in reports.get(path, []) if _is_meant(path, one)] for path in FILES}


def _is_meant(path: Path, message: Message) -> bool:
    lines = path.read_text(encoding="utf-8").splitlines()
    # The harness is strict; a user's own configuration need not be.
    return message.letter == "E" and message.line <= lines.index("def main() -> None:")


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_bug_is_found(path: Path, errors: dict[Path, list[Message]]) -> None:
    assert bool(errors[path]) == (path.stem not in NOT_YET), errors[path]


@pytest.mark.parametrize("path", RIGHT + TRICKY, ids=lambda path: path.stem)
def test_correct_code_is_silent(path: Path, errors: dict[Path, list[Message]]) -> None:
    assert not errors[path]


def test_each_bug_is_marked_and_has_a_twin() -> None:
    assert len(WRONG) >= 423
    assert len(TRICKY) >= 105
    assert [path.stem for path in RIGHT] == [f"{path.stem}_ok" for path in WRONG]
    assert all(path.read_text(encoding="utf-8").count("# BUG:") == 1 for path in WRONG)
    assert not any("# BUG:" in path.read_text(encoding="utf-8") for path in RIGHT)
    assert {path.stem for path in WRONG} >= NOT_YET.keys()
