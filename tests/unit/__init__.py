"""Unit tests: the rules, one subject a file; what is chat reads like the chat."""
