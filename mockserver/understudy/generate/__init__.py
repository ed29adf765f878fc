"""What a value looks like: pure functions from a Source to JSON that validates."""
