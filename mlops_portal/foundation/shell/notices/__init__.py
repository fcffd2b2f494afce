"""Notices to people, and how they leave the portal."""
