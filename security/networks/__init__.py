"""The life of a network: made, suspended, resumed, deleted. What its own people change stands in security.actions."""
