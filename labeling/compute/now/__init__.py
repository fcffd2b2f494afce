"""Parts as they are now: how often versions are wrong about them, estimated from the labels since."""
