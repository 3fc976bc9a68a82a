"""What a director opens in the morning: yesterday against the usual, what waits for somebody, and the map."""
