"""An image classifier of residual convolutions, and scikit-learn's handwritten digits to train it on."""
