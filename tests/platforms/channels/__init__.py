"""Channels tried over real listeners on this machine: web hooks, robots and a mail server."""
