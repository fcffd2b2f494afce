"""All writes of keys, releases and what nodes report."""
