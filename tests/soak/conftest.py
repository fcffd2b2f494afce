"""Questions on line 1, for the people of the fault run."""

from tests.labeling.conftest import queue

__all__ = ["queue"]
