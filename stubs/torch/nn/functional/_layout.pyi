# Functions that lay numbers out anew.

pixel_shuffle = torch.pixel_shuffle
pixel_unshuffle = torch.pixel_unshuffle
channel_shuffle = torch.channel_shuffle

@computed("layout.unfold")
def unfold(input: Inexact[Tensor, "..."], kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> Tensor: ...

@computed("layout.fold")
def fold(input: Inexact[Tensor, "..."], output_size: Sizes, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> Tensor: ...

@computed("counting.one_hot")
def one_hot(tensor: Tensor, /, num_classes: int = -1) -> Int[Tensor, "..."]: ...

native_channel_shuffle = torch.channel_shuffle
