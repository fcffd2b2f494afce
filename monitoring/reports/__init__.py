"""Drift reports of any past span, and the merged windows that they read."""
