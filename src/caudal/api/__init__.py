"""The HTTP API: every context's routes under one description, one kind of key and one kind of refusal."""
