"""YAML that people review: rule packs, hotlines, demo data, with source and date."""
