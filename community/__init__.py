"""What a community does: rules and transactions. `now` is always an argument."""
