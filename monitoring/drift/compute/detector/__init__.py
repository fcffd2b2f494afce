"""The calibrated detector: one budget of false alarms for all readings and statistics together. Pure."""
