"""Finding records, pages and commands by a few letters: an index in plain PostgreSQL, and questions put to it."""
