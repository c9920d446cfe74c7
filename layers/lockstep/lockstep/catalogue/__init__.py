"""Tables that people edit; data only."""
