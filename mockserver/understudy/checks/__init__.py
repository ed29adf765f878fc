"""Whether an exchange keeps the contract: promises, and the findings where one is broken."""
