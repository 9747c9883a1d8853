"""A local GitHub: stateful, refereed by GitHub's own description, for `make run`, the tests and contributors."""
