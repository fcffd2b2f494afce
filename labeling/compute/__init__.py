"""Numerics of labeling and training; called by tasks and commands alone."""
