"""Annotations, read where mypy analyzes types and where it sees expressions, and written as text."""
