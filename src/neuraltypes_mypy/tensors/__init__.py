"""Tensor types as types of mypy: read, built, joined, compared."""
