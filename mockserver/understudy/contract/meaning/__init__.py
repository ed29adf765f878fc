"""What the operations of a contract do to its resources: as declared, or told from names."""
