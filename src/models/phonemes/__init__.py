"""Letters to phonemes, with an encoder, a decoder and two tokenizers from a config, and the CMU dictionary to learn."""
