"""What lies on the node's disk: the store and what waits in it, keys, files by digest, what is installed."""
