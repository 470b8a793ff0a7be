"""Calls: signatures widened before, arguments unified after, results instantiated; and what checks narrow."""
