"""The face: HTTP in, GitHub out."""
