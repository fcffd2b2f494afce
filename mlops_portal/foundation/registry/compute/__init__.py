"""Numerics over files of the registry; called by tasks and commands alone."""
