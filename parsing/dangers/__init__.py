"""What must reach a person within seconds, and what only sounds like it."""
