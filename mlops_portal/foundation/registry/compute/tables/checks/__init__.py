"""What is wrong with a table for a schema, each fault one sentence."""
