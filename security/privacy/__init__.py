"""Personal data: what is kept how long, what a person can have of it, and how a person is forgotten."""
