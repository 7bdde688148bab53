"""Every query, grouped by what it asks about."""
