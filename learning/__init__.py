"""Learns the weights of `parsing/learned/` from labelled examples; needed only by who changes examples or knowledge."""
