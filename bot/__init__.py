"""The program: settings, wiring, command line; carries a message in, through and out."""
