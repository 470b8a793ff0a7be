# Sequences of several lengths, padded and packed.

@computed("packing.pack_padded")
def pack_padded_sequence(input: Tensor, lengths: Integer[Tensor, "..."] | Sizes, batch_first: bool = False, enforce_sorted: bool = True): ...

@computed("packing.pack")
def pack_sequence(sequences: Tensors, enforce_sorted: bool = True): ...

@computed("packing.unpack")
def unpack_sequence(packed_sequences: PackedSequence): ...

@computed("packing.pad_packed")
def pad_packed_sequence(sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None): ...

class PackedSequence_:
    @property
    @computed("packing.data")
    def data(self: PackedSequence) -> Tensor: ...

@computed("packing.pad")
def pad_sequence(sequences: Tensors, batch_first: bool = False, padding_value: float = 0.0, padding_side: Literal["right", "left"] = "right"): ...

@computed("packing.unpad")
def unpad_sequence(padded_sequences: Tensor, lengths: Integer[Tensor, "..."], batch_first: bool = False): ...
