"""Tell what a run of checks came to: to people on a terminal, to browsers, to CI."""
