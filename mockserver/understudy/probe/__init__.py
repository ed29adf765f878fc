"""A running service: asked, recorded and judged by its contract."""
