"""What the local GitHub knows: plain records, one lock, no knowledge of HTTP."""
