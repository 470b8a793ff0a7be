"""The rules of torch's operations, found by name and applied to calls."""
