"""What numbers mean where nothing declares it: by the nature of what made them, and on to callers."""
