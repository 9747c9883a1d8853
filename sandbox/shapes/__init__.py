"""How records look as JSON: GitHub's representations, one module a family."""
