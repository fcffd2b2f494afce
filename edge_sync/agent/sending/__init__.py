"""What goes to the portal, and what comes back."""
