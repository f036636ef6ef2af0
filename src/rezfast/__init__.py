"""rezfast."""
