"""Which hook answers which of mypy's questions, and the parts that they hand on to."""
