"""`lianfang init`: from nothing to an installation that a real group can talk to."""
