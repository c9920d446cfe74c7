"""What the simulated organisation's objects and fields are."""
