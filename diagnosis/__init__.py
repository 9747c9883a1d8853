"""The engine: log text in, ranked findings out. Pure: no network, no files but its own catalogue, no environment."""
