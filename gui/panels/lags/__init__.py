"""How far back it learns."""
