"""Whom it is told of: kin, names, and those who are nobody here."""
