"""Sizes: as values of expressions, of classes and instances, and what is equal to what."""
