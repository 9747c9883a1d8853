"""The effects: what is written on GitHub, at most once, and found again by its marker."""
