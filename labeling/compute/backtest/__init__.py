"""What strategies and triggers would have done on a table whose truths are all known."""
