"""Resources as generated Python: the same bytes as their makers give, many times faster."""
