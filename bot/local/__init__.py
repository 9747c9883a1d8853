"""The repository on disk, as the engine sees it."""
