"""Bytes of a file as batches of columns: compression, text, how a table of text is written, Parquet."""
