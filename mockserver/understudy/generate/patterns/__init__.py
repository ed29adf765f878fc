"""Regular expressions as automata: what matches is counted and built, not tried."""
