import pytest


@pytest.mark.asyncio
async def test_lists_orders(connection) -> None:
    assert await connection.fetch("SELECT 1")


@pytest.mark.asyncio
async def test_adds_an_order(connection) -> None:
    assert await connection.fetchval("SELECT 2") == 2
