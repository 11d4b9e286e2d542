"""How files become rows of the catalogue."""
