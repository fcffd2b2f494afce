"""What is timed and compared: `make bench`. Nothing in here is a test, and nothing imports it."""
