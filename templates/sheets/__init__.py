"""Spreadsheets: reports to hand on and the template of the import."""
