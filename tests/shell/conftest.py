"""Fixtures of the shell's tests."""

import pytest


@pytest.fixture
def registers(monkeypatch):
    """Registers that a test may fill; what it adds is forgotten afterwards."""
    from mlops_portal.foundation.shell.registries import actions, cards, kinds, navigation, search, undo

    for register in (navigation.ITEMS, cards.CARDS, search.SOURCES, kinds.KINDS, undo.INVERSES):
        monkeypatch.setattr(register, "things", dict(register.things))
    monkeypatch.setattr(actions, "OFFERS", {model: list(found) for model, found in actions.OFFERS.items()})
