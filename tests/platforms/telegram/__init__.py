"""Telegram: the translator against a Bot API server over real sockets."""
