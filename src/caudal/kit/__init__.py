"""Plumbing without nouns: what every context is built with, and nothing that belongs to one of them."""
