"""Settings, with the credentials of the payment service."""

from shop.credential_store import load

PAYMENTS = load("payments")
