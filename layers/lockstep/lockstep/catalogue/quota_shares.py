"""Up to which share of a vendor's day work of a rank goes on: what matters least stops first (DGN-03)."""

ROLLUPS = 0.90
UPDATES = 0.95
