"""The history's revisions, run by Alembic when the store is opened."""
