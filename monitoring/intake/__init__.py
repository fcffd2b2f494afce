"""What nodes send: taken, set aside, unapproved."""
