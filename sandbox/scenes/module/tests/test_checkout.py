from shop import config


def test_checkout_knows_the_payment_service() -> None:
    assert config.PAYMENTS
