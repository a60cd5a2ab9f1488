"""Durable ordered storage of batches of entries, and of content."""
