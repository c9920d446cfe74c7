"""One file for each page of the interface."""
