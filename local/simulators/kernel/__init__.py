"""What every vendor simulator stands on: transport, clock, faults, control routes and the seeded people."""
