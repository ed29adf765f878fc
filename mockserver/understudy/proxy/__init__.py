"""Between clients and a real service: forward, check, record, replay, learn."""
