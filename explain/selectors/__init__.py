"""All reads of the explanations."""

from explain.selectors.comparing import comparison_for
from explain.selectors.comparing import rows as compare
from explain.selectors.explained import Explained, reasons_for
from explain.selectors.stored import stored

__all__ = ["Explained", "compare", "comparison_for", "reasons_for", "stored"]
