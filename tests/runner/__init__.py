"""Plays transcripts: tests that read like the chat."""
