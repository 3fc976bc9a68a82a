"""Work records: keeping them, sealing them into a chain, and verifying the chain."""
