"""A speech recogniser of convolutions and attention, and spoken digits of espeak-ng to train it on."""
