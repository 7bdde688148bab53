"""One file a capability: takes typed arguments, calls one service, names one template."""
