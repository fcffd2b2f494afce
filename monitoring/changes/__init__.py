"""What people changed at a machine."""
