"""The embedded AWS with the real deployment on it: `python -m local.cloud up|status|down`; loopback only."""
