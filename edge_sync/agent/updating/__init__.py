"""How a release comes from the portal's repository to a machine."""
