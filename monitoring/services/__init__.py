"""All writes of monitoring."""
