"""Every outgoing word, the pictures and the pages."""
