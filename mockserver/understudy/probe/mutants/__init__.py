"""Mutants of a correct implementation: each breaks one promise, and `check` has to find out."""
