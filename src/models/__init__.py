"""Models whose every `forward` is a typed interface."""
