"""Benchmarks: load as it comes from a OneBot implementation, and what it is compared with."""
