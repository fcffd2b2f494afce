"""What the loop stands on, from the lowest: wire, ledger, plant, registry, shell, directory."""
