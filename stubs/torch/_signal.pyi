# Short-time Fourier transforms, windows.

@computed("fourier.window")
def hann_window(window_length: int, periodic: bool = True, *, dtype: DType | None = None, layout: str | None = None, device: str | None = None, pin_memory: bool | None = False, requires_grad: bool | None = False) -> Tensor: ...

@computed("fourier.window")
def blackman_window(window_length: int, periodic: bool = True, *, dtype: DType | None = None, layout: str | None = None, device: str | None = None, pin_memory: bool | None = False, requires_grad: bool | None = False) -> Tensor: ...

@computed("fourier.window")
def bartlett_window(window_length: int, periodic: bool = True, *, dtype: DType | None = None, layout: str | None = None, device: str | None = None, pin_memory: bool | None = False, requires_grad: bool | None = False) -> Tensor: ...

@computed("fourier.window")
def hamming_window(window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *, dtype: DType | None = None, layout: str | None = None, device: str | None = None, pin_memory: bool | None = False, requires_grad: bool | None = False) -> Tensor: ...

@computed("fourier.window")
def kaiser_window(window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: DType | None = None, layout: str | None = None, device: str | None = None, pin_memory: bool | None = False, requires_grad: bool | None = False) -> Tensor: ...

@computed("fourier.stft")
def stft(input: Tensor, n_fft: int, hop_length: int | None = None, win_length: int | None = None, window: Tensor | None = None, center: bool = True, pad_mode: str = "reflect", normalized: bool = False, onesided: bool | None = None, return_complex: bool | None = None, align_to_window: bool | None = None) -> Tensor: ...

@computed("fourier.istft")
def istft(input: Tensor, n_fft: int, hop_length: int | None = None, win_length: int | None = None, window: Tensor | None = None, center: bool = True, normalized: bool = False, onesided: bool | None = None, length: int | None = None, return_complex: bool = False) -> Tensor: ...

class Tensor:
    stft = torch.stft
    istft = torch.istft
