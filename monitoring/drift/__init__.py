"""Readings that left what a version learned: limits worked out, windows judged, evidence gathered."""
