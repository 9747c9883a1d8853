"""Turns a Case or a Report into text; pure."""
