"""What the stand-in remembers beyond what it can generate again."""
