"""The boundary profile: objects at every edge that a schema has, each with a label."""
