"""What is missing or wrong on this host, in sentences that say how to mend it."""
