"""Wakes what waits, nudges what was forgotten, measures lag and balance."""
