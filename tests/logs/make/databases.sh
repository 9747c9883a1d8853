#!/usr/bin/env bash
# Makes the logs of postgresql/, redis/, mysql/ and alembic/: tiny failing projects against real servers on 127.0.0.1.
#
# Recorded with PostgreSQL 15, Redis 7.0, MariaDB 10.11, pytest 9.2 and 7.4, asyncpg 0.32, psycopg 3.3, psycopg2 2.9,
# redis-py 8.1 and 4.3, PyMySQL 1.2, mysql-connector-python, alembic 1.20 (SQLAlchemy 2.1) and 1.8 (SQLAlchemy 1.4).
# Needs running: PostgreSQL with scram passwords and user test_user (PGPORT), Redis without (OPEN_REDIS) and with a
# password (LOCKED_REDIS), MariaDB with user shop (MYPORT); two virtual environments NEW and OLD; OUT, WORK.
set -u
. "$(dirname "$0")/recorder.sh"
: "${PGPORT:?}" "${OPEN_REDIS:?}" "${LOCKED_REDIS:?}" "${MYPORT:?}" "${NEW:?}" "${OLD:?}" "${OUT:?}" "${WORK:?}"
VENV=$NEW
mkdir -p "$WORK/shop/tests"
cd "$WORK/shop" || exit 1

cat >tests/test_orders.py <<'PY'
def test_lists_orders(connection):
    assert connection


def test_adds_an_order(connection):
    assert connection
PY

fixture() { # fixture DRIVER: a conftest.py whose session fixture connects
  case $1 in
    asyncpg) cat >tests/conftest.py <<'PY'
import asyncio
import os

import asyncpg
import pytest


@pytest.fixture
def connection():
    return asyncio.run(asyncpg.connect(os.environ["DATABASE_URL"]))
PY
    ;;
    psycopg | psycopg2) cat >tests/conftest.py <<PY
import os

import $1
import pytest


@pytest.fixture
def connection():
    return $1.connect(os.environ["DATABASE_URL"])
PY
    ;;
    sqlalchemy) cat >tests/conftest.py <<'PY'
import os

import pytest
from sqlalchemy import create_engine


@pytest.fixture
def connection():
    return create_engine(os.environ["DATABASE_URL"]).connect()
PY
    ;;
    redis) cat >tests/conftest.py <<'PY'
import os

import pytest
import redis


@pytest.fixture
def redis_client():
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    client.flushdb()
    return client


@pytest.fixture
def connection(redis_client):
    return redis_client
PY
    ;;
  esac
}

for driver in asyncpg psycopg psycopg2; do
  fixture "$driver"
  record "postgresql/password-failed-$driver" "DATABASE_URL=postgresql://test_user:wrong@127.0.0.1:$PGPORT/shop_test pytest -q"
  record "postgresql/role-missing-$driver" "DATABASE_URL=postgresql://shop:x@127.0.0.1:$PGPORT/shop_test pytest -q"
  record "postgresql/database-missing-$driver" "DATABASE_URL=postgresql://test_user:secret@127.0.0.1:$PGPORT/shop pytest -q"
  record "postgresql/connection-refused-$driver" "DATABASE_URL=postgresql://test_user:secret@localhost:5433/shop_test pytest -q"
done
fixture sqlalchemy
record postgresql/password-failed-sqlalchemy "DATABASE_URL=postgresql+psycopg2://test_user:wrong@127.0.0.1:$PGPORT/shop_test pytest -q"
record postgresql/connection-refused-psql "psql -h localhost -p 5433 -U test_user -d shop_test -c 'select 1'"
record postgresql/socket-missing-psql "psql -d shop_test -c 'select 1'"
record postgresql/role-missing-psql "PGPASSWORD=x psql -h 127.0.0.1 -p $PGPORT -U root -d shop_test -c 'select 1'"
record postgresql/password-missing-psql "psql -w -h 127.0.0.1 -p $PGPORT -U test_user -d shop_test -c 'select 1'"
record postgresql/database-missing-psql "PGPASSWORD=secret psql -h 127.0.0.1 -p $PGPORT -U test_user -d shop -c 'select 1'"
record postgresql/relation-missing-psql "PGPASSWORD=secret psql -v ON_ERROR_STOP=1 -h 127.0.0.1 -p $PGPORT -U test_user -d shop_test -c 'select * from baskets'"

fixture redis
for VENV in "$NEW" "$OLD"; do
  age=$([ "$VENV" = "$NEW" ] && echo new || echo old)
  option=$([ "$VENV" = "$NEW" ] && echo '?protocol=2')
  record "redis/password-unexpected-$age" "REDIS_URL='redis://:hunter2@localhost:$OPEN_REDIS/1$option' pytest"
  record "redis/password-required-$age" "REDIS_URL=redis://localhost:$LOCKED_REDIS/0 pytest"
  record "redis/password-wrong-$age" "REDIS_URL=redis://:wrong@localhost:$LOCKED_REDIS/0 pytest"
  record "redis/password-wrong-user-$age" "REDIS_URL=redis://default:wrong@localhost:$LOCKED_REDIS/0 pytest"
  record "redis/connection-refused-$age" "REDIS_URL=redis://localhost:6379/0 pytest -q"
done
VENV=$NEW
record redis/password-required-cli "redis-cli -p $LOCKED_REDIS ping"
record redis/connection-refused-cli "redis-cli -p 6379 ping"

cat >tests/conftest.py <<'PY'
import os

import pymysql
import pytest


@pytest.fixture
def connection():
    return pymysql.connect(host="127.0.0.1", port=int(os.environ["MYSQL_PORT"]), user=os.environ["MYSQL_USER"], password=os.environ["MYSQL_PASSWORD"], database=os.environ["MYSQL_DATABASE"])
PY
record mysql/access-denied-pymysql "MYSQL_PORT=$MYPORT MYSQL_USER=shop MYSQL_PASSWORD=wrong MYSQL_DATABASE=shop_test pytest -q"
record mysql/database-missing-pymysql "MYSQL_PORT=$MYPORT MYSQL_USER=root MYSQL_PASSWORD= MYSQL_DATABASE=shop pytest -q"
record mysql/database-denied-pymysql "MYSQL_PORT=$MYPORT MYSQL_USER=shop MYSQL_PASSWORD=right MYSQL_DATABASE=shop pytest -q"
record mysql/connection-refused-pymysql "MYSQL_PORT=3306 MYSQL_USER=shop MYSQL_PASSWORD=right MYSQL_DATABASE=shop_test pytest -q"
record mysql/access-denied-client "mariadb -h 127.0.0.1 -P $MYPORT -u shop -pwrong shop_test -e 'select 1'"
record mysql/database-missing-client "mariadb -h 127.0.0.1 -P $MYPORT -u root shop -e 'select 1'"
record mysql/connection-refused-client "mariadb -h 127.0.0.1 -P 3306 -u shop -pright shop_test -e 'select 1'"
record mysql/socket-missing-client "mariadb -u shop -pright shop_test -e 'select 1'"
record mysql/connection-refused-admin "mariadb-admin -h 127.0.0.1 -P 3306 ping"
rm -r tests

# Alembic: forward, rollback and again, each broken in its own way.
mkdir -p "$WORK/shop"
for VENV in "$NEW" "$OLD"; do
  age=$([ "$VENV" = "$NEW" ] && echo new || echo old)
  rm -rf migrations alembic.ini shop.db
  PATH="$VENV/bin:$PATH" alembic init migrations >/dev/null 2>&1
  sed -i 's#^sqlalchemy.url.*#sqlalchemy.url = sqlite:///shop.db#; s#^prepend_sys_path.*##' alembic.ini
  step() { # step REVISION DOWN_REVISION UPGRADE DOWNGRADE [FILE]
    cat >"migrations/versions/${5:-$1}_step.py" <<PY
from alembic import op
import sqlalchemy as sa

revision = "$1"
down_revision = $2
branch_labels = None
depends_on = None


def upgrade():
    $3


def downgrade():
    $4
PY
  }
  step 1a2b3c4d5e6f None 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))' 'op.drop_table("orders")'
  record "alembic/passing-$age" "alembic upgrade head"
  step 2b3c4d5e6f7a '"1a2b3c4d5e6f"' pass 'op.drop_table("carts")'
  record "alembic/out-of-date-$age" "alembic revision --autogenerate -m 'add carts'"
  record "alembic/out-of-date-check-$age" "alembic check"
  record "alembic/downgrade-failed-missing-table-$age" "alembic upgrade head && alembic downgrade -1"
  record "alembic/revision-unknown-$age" "alembic upgrade 9f8e7d6c5b4a"
  step 3c4d5e6f7a8b '"1a2b3c4d5e6f"' pass pass
  record "alembic/multiple-heads-$age" "alembic upgrade head"
  record "alembic/multiple-heads-revision-$age" "alembic revision -m more"
  rm migrations/versions/3c4d5e6f7a8b_step.py migrations/versions/2b3c4d5e6f7a_step.py
  record "alembic/revision-unknown-ahead-$age" "alembic upgrade head"
  step 4d5e6f7a8b9c '"0000deadbeef"' pass pass
  rm -f shop.db
  record "alembic/parent-missing-$age" "alembic upgrade head"
  rm migrations/versions/4d5e6f7a8b9c_step.py
  sed -i "s#^sqlalchemy.url.*#sqlalchemy.url = postgresql+psycopg2://test_user:secret@127.0.0.1:$PGPORT/shop_test#" alembic.ini
  PGPASSWORD=secret psql -q -h 127.0.0.1 -p "$PGPORT" -U test_user -d shop_test -c 'drop table if exists orders, alembic_version; create table orders (id int)'
  record "alembic/table-exists-$age" "alembic upgrade head"
  PGPASSWORD=secret psql -q -h 127.0.0.1 -p "$PGPORT" -U test_user -d shop_test -c 'drop table orders'
  step 2b3c4d5e6f7a '"1a2b3c4d5e6f"' 'op.add_column("orders", sa.Column("total", sa.Integer, nullable=False))' 'op.drop_column("orders", "totals")'
  record "alembic/downgrade-failed-missing-column-$age" "alembic upgrade head && alembic downgrade -1"
  step 3c4d5e6f7a8b '"2b3c4d5e6f7a"' 'op.add_column("orders", sa.Column("total", sa.Integer))' 'raise NotImplementedError'
  record "alembic/table-exists-column-$age" "alembic upgrade head"
  step 3c4d5e6f7a8b '"2b3c4d5e6f7a"' 'pass' 'raise NotImplementedError'
  record "alembic/downgrade-failed-not-written-$age" "alembic upgrade head && alembic downgrade -1"
  step 4d5e6f7a8b9c '"3c4d5e6f7a8b"' 'op.add_column("carts", sa.Column("total", sa.Integer))' 'pass'
  record "alembic/table-missing-$age" "alembic upgrade head"
  PGPASSWORD=secret psql -q -h 127.0.0.1 -p "$PGPORT" -U test_user -d shop_test -c 'drop table if exists orders, alembic_version'
  rm -f migrations/versions/[234]*_step.py
  step 1a2b3c4d5e6f None 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))' pass
  record "alembic/second-upgrade-failed-$age" "alembic upgrade head && alembic downgrade -1 && alembic upgrade head"
  step 1a2b3c4d5e6f None 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))' 'op.drop_table("orders")'
  PGPASSWORD=secret psql -q -h 127.0.0.1 -p "$PGPORT" -U test_user -d shop_test -c 'drop table if exists orders, alembic_version'
  cat >models.py <<'PY'
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("carts", metadata, sa.Column("id", sa.Integer, primary_key=True))
PY
  rm -f migrations/versions/[234]*_step.py
  sed -i 's#^target_metadata.*#import sys; sys.path.insert(0, "."); from models import metadata; target_metadata = metadata#' migrations/env.py
  record "alembic/model-without-migration-$age" "alembic upgrade head && alembic check"
done

# MongoDB: the driver against a closed port.
VENV=$NEW
mkdir -p tests
cat >tests/test_orders.py <<'PY'
import os

import pymongo
import pytest


@pytest.fixture
def orders():
    client = pymongo.MongoClient(os.environ["MONGODB_URI"], serverSelectionTimeoutMS=500)
    client.admin.command("ping")
    return client.shop.orders


def test_lists_orders(orders):
    assert orders.find_one() is None
PY
record mongodb/server-selection-pymongo "MONGODB_URI=mongodb://localhost:27017 pytest -q"

# Node's clients (pg 8, ioredis 5, redis 5, mysql2 3, installed in $WORK/shop) against ports that nobody listens on, and TLS that PostgreSQL has not.
if [ -d node_modules/pg ]; then
  record postgresql/connection-refused-node "node -e 'const { Client } = require(\"pg\"); new Client({ host: \"localhost\", port: 5432 }).connect()'"
  record redis/port-refused-ioredis "timeout 5 node -e 'const Redis = require(\"ioredis\"); new Redis(\"redis://127.0.0.1:6379\", { maxRetriesPerRequest: 1 }).ping().catch((error) => { console.error(error); process.exit(1) })'"
  record redis/port-refused-node "node -e 'require(\"redis\").createClient({ url: \"redis://localhost:6379\", socket: { reconnectStrategy: false } }).connect()'"
  record mysql/port-refused-node "node -e 'require(\"mysql2\").createConnection({ host: \"127.0.0.1\", user: \"shop\" }).connect()'"
  record postgresql/ssl-not-offered-node "node -e 'const { Client } = require(\"pg\"); new Client({ host: \"127.0.0.1\", port: $PGPORT, user: \"test_user\", ssl: true }).connect()'"
fi
record postgresql/ssl-not-offered-asyncpg "python -c 'import asyncio, asyncpg; asyncio.run(asyncpg.connect(\"postgresql://test_user@127.0.0.1:$PGPORT/shop_test?sslmode=require\"))'"
record postgresql/ssl-not-offered-psycopg2 "python -c 'import psycopg2; psycopg2.connect(\"postgresql://test_user@127.0.0.1:$PGPORT/shop_test?sslmode=require\")'"
record postgresql/ssl-not-offered-psql "psql 'postgresql://test_user@127.0.0.1:$PGPORT/shop_test?sslmode=require' -c 'select 1'"
