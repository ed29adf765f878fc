"""What several exchanges show together. Each law asks what it needs to know."""
