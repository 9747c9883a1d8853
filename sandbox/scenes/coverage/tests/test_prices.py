import pytest

from shop.prices import total, with_tax


@pytest.mark.parametrize("count", range(24))
def test_total_of_equal_prices(count: int) -> None:
    assert total([5] * count) == 5 * count


def test_tax_is_added() -> None:
    assert with_tax(100, 17) == 117
