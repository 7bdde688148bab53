"""What is told, sorted by person: messages, lists and chains."""
