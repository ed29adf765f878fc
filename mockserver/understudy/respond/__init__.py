"""One request in, one reply out, by the contract. Synchronous, and ignorant of any server."""
