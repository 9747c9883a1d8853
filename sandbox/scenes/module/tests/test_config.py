from shop.config import PAYMENTS


def test_payments_are_configured() -> None:
    assert PAYMENTS
