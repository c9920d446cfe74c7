"""Fakes that implement the product's ports and pass the real ones' tests; never deployed."""
