"""Documents, and the scripts that write those which come from the program."""
