"""All readings of parts together, then against now: what no reading shows alone."""
