"""Jobs of measures: values, charts, tables."""

from monitoring.measures.tasks import measures, parts, reading, tables

__all__ = ["measures", "parts", "reading", "tables"]
