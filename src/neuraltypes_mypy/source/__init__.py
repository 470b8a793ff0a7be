"""What the source says, read from mypy's tree before or beside its types."""
