import os

import asyncpg
import pytest_asyncio

PASSWORD = os.environ.get("TEST_DB_PASSWORD", "changeme")


@pytest_asyncio.fixture
async def connection():
    found = await asyncpg.connect(f"postgresql://shop:{PASSWORD}@localhost:5432/shop_test")
    yield found
    await found.close()
