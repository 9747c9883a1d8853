"""The pages that people look at: placeholder."""

from flask import Blueprint

routes = Blueprint("pages", __name__)
