"""What stands on the loop, from the lowest: onboarding, backtests, serve, demo."""
