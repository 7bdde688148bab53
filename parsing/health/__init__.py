"""What is told of health: readings, symptoms and states, and what only looks like them."""
