"""What changes between two contracts, and what each change means to clients."""
