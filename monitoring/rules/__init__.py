"""Pure rules of monitoring, without tables and arrays."""
