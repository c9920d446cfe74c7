"""Vendor simulators that the real clients talk to; they never import the product."""
