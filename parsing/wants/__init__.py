"""What a message wants beside its report, by learned weights."""
