"""Studies of measuring systems: type 1, 2 and 3."""
