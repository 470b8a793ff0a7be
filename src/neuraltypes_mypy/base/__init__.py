"""What all parts use: full names, error codes, options, the guard around hooks."""
