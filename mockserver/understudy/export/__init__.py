"""What the stand-in answers, written down for tools that test without a server."""
