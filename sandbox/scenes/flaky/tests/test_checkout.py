import time

from checkout import Checkout


def test_payment_is_settled() -> None:
    checkout = Checkout(seconds=0.2)
    checkout.pay()
    time.sleep(0.1)
    assert checkout.paid, "the payment is still under way"


def test_nothing_is_paid_before() -> None:
    assert not Checkout(seconds=0.2).paid
