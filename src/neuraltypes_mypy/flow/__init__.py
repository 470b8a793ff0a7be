"""How types follow names and containers through a body: rebinding, branches that meet, what is put in."""
