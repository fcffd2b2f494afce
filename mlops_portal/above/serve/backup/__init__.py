"""Backup and restore: one archive in, one portal out, or nothing."""
