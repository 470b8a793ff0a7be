"""Torch's functions, tensors and modules, and what the source makes of them."""
