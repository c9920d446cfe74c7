"""Nouns: frozen values and pure functions on them; the standard library and pydantic only."""
