"""Modules and classes: what constructors make, what attributes and containers of modules hold."""
