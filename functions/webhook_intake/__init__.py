"""Signed sales activities in: verified, stored once, answered before any vendor is called."""
