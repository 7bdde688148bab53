"""What must hold for any conversation, on the whole program without waiting."""
