"""How training runs are saved."""
