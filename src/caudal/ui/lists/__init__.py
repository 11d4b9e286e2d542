"""Lists as pages: what an address asks for, filters in words and as forms, rows as tables."""
