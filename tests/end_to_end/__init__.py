"""The whole program, spoken to as people and machines speak to it."""
