"""What RSpec said of a failed example is read under its number, and from nowhere else."""

from __future__ import annotations

import pytest

from diagnosis.readers import READERS

LOG = """
Pending: (Failures listed here are expected and do not affect your suite's status)

  1) Order adds tax
     # not yet
     Failure/Error: expect(1).to eq(2)

       expected: 2
            got: 1

Failures:

  1) Order adds tax
     Failure/Error:
       expect(1 + 2)
         .to eq(4)

       expected: 4
            got: 3

       (compared using ==)
     # ./spec/order_spec.rb:3:in `block (2 levels) in <top (required)>'

  2) Order has a first line
     Failure/Error: nil.first

     NoMethodError:
       undefined method `first' for nil:NilClass
     # ./spec/order_spec.rb:7:in `block (2 levels) in <top (required)>'

  3) Order is sent
     Failure/Error: expect(order).to be_sent
     # ./spec/order_spec.rb:9:in `block (2 levels) in <top (required)>'

  4) Order is paid
     Got 2 failures:
""".splitlines()


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("Order adds tax", "expected: 4 got: 3"),
        ("Order has a first line", "NoMethodError: undefined method `first' for nil:NilClass"),
    ],
)
def test_what_was_expected_and_what_came(test: str, said: str) -> None:
    assert READERS["rspec_failure"](LOG, {"test": test}) == {"said": said}


@pytest.mark.parametrize("test", ["Order is sent", "Order is paid", "Order is gone", ""])
def test_silent_where_nothing_is_said(test: str) -> None:
    assert READERS["rspec_failure"](LOG, {"test": test}) == {}
