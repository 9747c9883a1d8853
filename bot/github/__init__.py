"""Everything that talks to GitHub; the only place that imports PyGithub."""
