"""The rules of danger, a table for each kind."""
