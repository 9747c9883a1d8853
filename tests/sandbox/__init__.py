"""The local GitHub."""
