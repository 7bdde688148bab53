"""The pages: the sandbox now, the console and the residents' page later."""
