"""Prices in cents."""


def total(prices: list[int]) -> int:
    return sum(prices)


def with_tax(price: int, percent: int) -> int:
    return price + price * percent // 100
