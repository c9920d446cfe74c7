"""Seeded people at work: sellers, marketers and bad luck, as plain data for the demo, benchmarks and simulations."""
