"""How it is written: folded letters, numbers, words, and how rules look them up."""
