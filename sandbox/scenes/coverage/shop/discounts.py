"""Discounts, not tested yet."""


def discounted(price: int, percent: int) -> int:
    if not 0 <= percent <= 100:
        raise ValueError(percent)
    return price - price * percent // 100


def best(price: int, percents: list[int]) -> int:
    found = price
    for percent in percents:
        candidate = discounted(price, percent)
        if candidate < found:
            found = candidate
    return found


def label(percent: int) -> str:
    if percent == 0:
        return "full price"
    return f"{percent} % off"
