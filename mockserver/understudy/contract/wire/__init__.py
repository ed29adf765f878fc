"""Requests as bytes: read off the wire as the contract says."""
