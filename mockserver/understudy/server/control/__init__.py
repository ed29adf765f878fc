"""The control API: what tests and tools see and change of a running stand-in."""
