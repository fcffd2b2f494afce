"""What apps register with the shell: navigation, cards, actions, search, undo, kinds of notices, flags."""
