"""Thin translators between a chat platform and the program; no rule lives here."""
