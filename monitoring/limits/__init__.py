"""What was promised of false alarms, how a model is watched, and the limits that follow."""
