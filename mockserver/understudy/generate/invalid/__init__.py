"""The invalid profile: objects that each break exactly one promise, each with a label."""
