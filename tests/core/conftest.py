"""Laws of the core are checked often and fast: fewer examples each, and no deadline that a busy machine could miss."""

from hypothesis import settings

settings.register_profile("core", max_examples=30, deadline=None)
settings.load_profile("core")
