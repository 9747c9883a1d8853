#!/usr/bin/env bash
# Makes the logs of network/, tls/, websocket/, terminal/, shell/ and resource/: real programs against 127.0.0.1 or a name that cannot exist.
#
# Recorded with curl 7.88, wget 1.21, git 2.39, Node 20, Python 3.11 and 3.8 with requests 2.34 and 2.28, aiohttp 3.14,
# httpx, websockets 17 and 10.4, bash 5.2, dash, OpenSSL 3.0. Needs: NEW and OLD (virtual environments; NEW with cryptography), OUT, WORK.
set -u
. "$(dirname "$0")/recorder.sh"
: "${NEW:?}" "${OLD:?}" "${OUT:?}" "${WORK:?}"
VENV=$NEW
mkdir -p "$WORK/shop" "$WORK/tls"
cd "$WORK/shop" || exit 1

"$NEW/bin/python" - "$WORK/tls" <<'PY'
import datetime
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

now = datetime.datetime.now(datetime.timezone.utc)
day = datetime.timedelta(days=1)
authority_key = rsa.generate_private_key(65537, 2048)


def make(name, host, first, last, issuer=None):
    key = authority_key if issuer is None and name == "ca" else rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), first, last)
    if issuer is not None:
        builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number(), first, last)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False)
    builder = builder.add_extension(x509.BasicConstraints(name == "ca", None), True)
    signed = builder.sign(authority_key if issuer is not None else key, hashes.SHA256())
    with open(f"{sys.argv[1]}/{name}.pem", "wb") as out:
        out.write(signed.public_bytes(serialization.Encoding.PEM))
        out.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return subject


authority = make("ca", "Shop test authority", now - 2 * day, now + 30 * day)
make("self", "localhost", now - day, now + 30 * day)
make("expired", "localhost", now - 9 * day, now - day, authority)
make("leaf", "localhost", now - day, now + 30 * day, authority)
make("other", "shop.example", now - day, now + 30 * day, authority)
PY

servers=()
port=58443
for kind in self expired leaf other; do
  openssl s_server -quiet -accept "127.0.0.1:$port" -cert "$WORK/tls/$kind.pem" -key "$WORK/tls/$kind.pem" -www >/dev/null 2>&1 &
  servers+=($!)
  eval "$kind=$port"
  port=$((port + 1))
done
"$NEW/bin/python" - <<'PY' &
import http.server, socketserver, socket, struct, threading, time

class Odd(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/slow":
            time.sleep(3)
        if self.path == "/reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        code = int(self.path.rsplit("/", 1)[-1]) if self.path.rsplit("/", 1)[-1].isdigit() else 200
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *a):
        pass

class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    pass

Server(("127.0.0.1", 58480), Odd).serve_forever()
PY
servers+=($!)
sleep 2

record network/connection-refused-curl "curl -fsS http://localhost:8001/mock/models"
record network/connection-refused-wget "wget -q -O - http://localhost:8001/mock || wget http://localhost:8001/mock"
record network/connection-refused-git "git clone http://localhost:8001/shop.git"
record network/connection-refused-requests "python -c 'import requests; requests.get(\"http://localhost:8001/mock\")'"
record network/connection-refused-aiohttp "python -c 'import aiohttp, asyncio
async def main():
    async with aiohttp.ClientSession() as session:
        await session.get(\"http://localhost:8001/mock\")
asyncio.run(main())'"
record network/connection-refused-httpx "python -c 'import httpx; httpx.get(\"http://localhost:8001/mock\")'"
record network/connection-refused-node "node -e 'fetch(\"http://localhost:8001/mock\")'"
record network/connection-refused-node-net "node -e 'require(\"net\").connect(8001, \"127.0.0.1\")'"
record network/connection-refused-java "printf '%s' 'class A { public static void main(String[] a) throws Exception { new java.net.Socket(\"localhost\", 8001); } }' > A.java && java A.java"
record network/name-unresolved-curl "curl -fsS https://shop.invalid/models"
record network/name-unresolved-wget "wget https://shop.invalid/models"
record network/name-unresolved-git "git clone https://shop.invalid/shop.git"
record network/name-unresolved-git-ssh "git clone git@shop.invalid:shop.git"
record network/name-unresolved-python "python -c 'import urllib.request; urllib.request.urlopen(\"https://shop.invalid\")'"
record network/name-unresolved-requests "python -c 'import requests; requests.get(\"https://shop.invalid\")'"
record network/name-unresolved-node "node -e 'fetch(\"https://shop.invalid\")'"
record network/name-unresolved-psql "psql -h postgres -U shop -c 'select 1'"
record network/timed-out-curl "curl -fsS --max-time 1 http://127.0.0.1:58480/slow"
record network/timed-out-requests "python -c 'import requests; requests.get(\"http://127.0.0.1:58480/slow\", timeout=1)'"
record network/reset-curl "curl -fsS http://127.0.0.1:58480/reset"
record network/reset-requests "python -c 'import requests; requests.get(\"http://127.0.0.1:58480/reset\")'"
record network/reset-node "node -e 'fetch(\"http://127.0.0.1:58480/reset\")'"
record network/http-error-curl "curl -fsS http://127.0.0.1:58480/releases/download/404"
record network/http-error-curl-503 "curl -fsS http://127.0.0.1:58480/health/db/503"
record network/http-error-wget "wget http://127.0.0.1:58480/releases/download/404"
record network/url-malformed-curl "curl -fsS -X POST \"\$DEPLOY_HOOK\""
record network/url-malformed-curl-host "curl -fsS \"https://\$SHOP_HOST/deploy\""
for name in self expired other leaf; do
  port=$(eval "echo \$$name")
  record "tls/verify-$name-curl" "curl -fsS https://localhost:$port/"
  record "tls/verify-$name-requests" "python -c 'import requests; requests.get(\"https://localhost:$port/\")'"
  record "tls/verify-$name-node" "node -e 'fetch(\"https://localhost:$port/\")'"
  record "tls/verify-$name-git" "git clone https://localhost:$port/shop.git"
  record "tls/verify-$name-wget" "wget https://localhost:$port/"
done
# With the authority trusted, what is left is the certificate's own fault: its time or its name.
export CURL_CA_BUNDLE="$WORK/tls/ca.pem" REQUESTS_CA_BUNDLE="$WORK/tls/ca.pem" SSL_CERT_FILE="$WORK/tls/ca.pem" NODE_EXTRA_CA_CERTS="$WORK/tls/ca.pem" GIT_SSL_CAINFO="$WORK/tls/ca.pem"
for name in expired other; do
  port=$(eval "echo \$$name")
  record "tls/trusted-$name-curl" "curl -fsS https://localhost:$port/"
  record "tls/trusted-$name-requests" "python -c 'import requests; requests.get(\"https://localhost:$port/\")'"
  record "tls/trusted-$name-urllib" "python -c 'import urllib.request; urllib.request.urlopen(\"https://localhost:$port/\")'"
  record "tls/trusted-$name-node" "node -e 'fetch(\"https://localhost:$port/\")'"
  record "tls/trusted-$name-git" "git clone https://localhost:$port/shop.git"
done
unset CURL_CA_BUNDLE REQUESTS_CA_BUNDLE SSL_CERT_FILE NODE_EXTRA_CA_CERTS GIT_SSL_CAINFO
record tls/certificate-file-missing-openssl "openssl verify -CAfile certs/ca.pem certs/server.crt"
record tls/certificate-file-missing-git "git -c http.sslCAInfo=certs/ca.pem clone https://localhost:$leaf/shop.git"
record tls/certificate-file-missing-curl "curl -fsS --cacert certs/ca.pem https://localhost:$leaf/"
record tls/not-tls-curl "curl -fsS https://127.0.0.1:58480/"
record tls/not-tls-requests "python -c 'import requests; requests.get(\"https://127.0.0.1:58480/\")'"
record tls/not-tls-node "node -e 'fetch(\"https://127.0.0.1:58480/\")'"
kill "${servers[@]}"
wait 2>/dev/null

cat >client.py <<'PY'
import asyncio
import sys

import websockets


async def main():
    async with websockets.connect(sys.argv[1]) as socket:
        print(await socket.recv())


asyncio.run(main())
PY
cat >server.py <<'PY'
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute


async def refuse(websocket):
    await websocket.close(code=4403)


async def vanish(websocket):
    await websocket.accept()
    raise RuntimeError("gone")


app = Starlette(routes=[WebSocketRoute("/ws", refuse), WebSocketRoute("/vanish", vanish)])
PY
"$NEW/bin/uvicorn" server:app --port 58490 >/dev/null 2>&1 &
server=$!
sleep 3
for VENV in "$NEW" "$OLD"; do
  age=$([ "$VENV" = "$NEW" ] && echo new || echo old)
  record "websocket/handshake-rejected-$age" "python client.py ws://127.0.0.1:58490/ws"
  record "websocket/closed-abnormally-$age" "python client.py ws://127.0.0.1:58490/vanish"
done
VENV=$NEW
record websocket/handshake-rejected-node "node --experimental-websocket -e 'new WebSocket(\"ws://127.0.0.1:58490/ws\").onerror = (event) => { console.error(event.message ?? event.type); process.exit(1) }'"
kill "$server"
wait 2>/dev/null

record terminal/ioctl-python "python -c 'import os; print(os.get_terminal_size())' </dev/null | cat; test \${PIPESTATUS[0]} -eq 0"
record terminal/ioctl-termios "python -c 'import sys, termios; termios.tcgetattr(sys.stdin)' </dev/null"
record terminal/ioctl-stty "stty -echo </dev/null"
record terminal/ioctl-tput "env -u TERM tput cols </dev/null"
record terminal/read-eof "python -c 'input(\"Continue? \")' </dev/null"

cat >deploy.sh <<'SH'
#!/bin/bash
set -euo pipefail
echo "deploying to $STAGE"
SH
record shell/permission-denied "./deploy.sh"
chmod +x deploy.sh
record shell/unbound-variable "./deploy.sh"
record shell/command-not-found "terraforn fmt -check"
record shell/command-not-found-sh "sh -c 'terraforn fmt -check'"
record shell/command-not-found-script "printf 'set -e\nbats tests\n' > check.sh && bash check.sh"
record shell/no-such-file "./scripts/run-checks.sh"
record shell/no-such-file-bash "bash scripts/run-checks.sh"
record shell/no-such-file-cp "cp config/ci.env .env"
record shell/no-such-file-cat "cat VERSION"
record shell/no-such-file-cd "cd backend && make"
record shell/no-such-file-source "source .venv/bin/activate"
printf '#!/usr/bin/env bash\r\necho hello\r\n' >windows.sh
printf '#!/usr/local/bin/shop-shell\necho hello\n' >bad.sh
chmod +x windows.sh bad.sh
record shell/bad-interpreter-crlf "./windows.sh"
record shell/bad-interpreter "./bad.sh"
record shell/syntax-error 'if [ -f setup.py ]; then pip install .'
record shell/syntax-error-token 'for f in *.py; do echo $f; done; fi'
record shell/syntax-error-sh "sh -c 'if [[ a == a ]]; then echo (yes); fi'"
record shell/syntax-error-substitution "sh -c 'echo \${name^^}'"
record shell/integer-expected 'count=""; set -e; [ "$count" -gt 0 ] && echo many'
record shell/not-executable-dir './tests'
record shell/read-only "touch /proc/shop"
record shell/argument-list-too-long '/bin/echo $(seq 1 600000) >/dev/null'
record resource/killed "python -c 'import os; os.kill(os.getpid(), 9)'"
record resource/segfault "python -c 'import ctypes; ctypes.string_at(0)'"
record resource/abort "python -c 'import os; os.abort()'"
mkdir -p "$WORK/small"
if mount -t tmpfs -o size=64k tmpfs "$WORK/small" 2>/dev/null; then
  record resource/disk-full-cp "cp /usr/bin/git $WORK/small/git"
  record resource/disk-full-python "python -c 'open(\"$WORK/small/log\", \"w\").write(\"x\" * 10**6)'"
  record resource/disk-full-node "node -e 'require(\"fs\").writeFileSync(\"$WORK/small/log\", \"x\".repeat(1000000))'"
  record resource/disk-full-tar "tar -C $WORK/small -xf <(tar -cf - -C /usr/bin git)"
  umount "$WORK/small"
fi
record resource/memory-python "ulimit -v 300000; python -c 'x = bytearray(10**10)'"
record resource/memory-node "node --max-old-space-size=20 -e 'const a = []; for (;;) a.push(new Array(1000).fill({}))'"
record resource/open-files "ulimit -n 12; python -c 'fs = [open(\"/dev/null\") for _ in range(50)]'"
record resource/memory-java "printf '%s' 'class B { public static void main(String[] a) { int[] x = new int[500000000]; } }' > B.java && java -Xmx64m B.java"

cat >settings.py <<'PY'
import os

CERTIFICATE = os.environ.get("DB_CA_CERT", "/Users/dana/projects/shop/backend/certs/ca-cert.pem")

if not os.path.exists(CERTIFICATE):
    raise FileNotFoundError(f"Database CA certificate not found:\n{CERTIFICATE}")
PY
record tls/certificate-file-missing-two-lines "python settings.py"
record tls/certificate-file-missing-ssl "python -c 'import ssl; ssl.create_default_context(cafile=\"/Users/dana/shop/certs/ca.pem\")'"
record tls/certificate-file-missing-requests "python -c 'import requests; requests.get(\"https://localhost\", verify=\"certs/ca-bundle.crt\")'"
record tls/certificate-file-missing-node "NODE_EXTRA_CA_CERTS=certs/ca.pem node -e 'require(\"fs\").readFileSync(\"certs/server.crt\")'"
record shell/home-directory-path-python "python -c 'open(\"/Users/dana/projects/shop/fixtures/orders.json\")'"
record shell/home-directory-path-node "node -e 'require(\"fs\").readFileSync(\"/home/dana/shop/fixtures/orders.json\")'"
record shell/home-directory-path-shell "cat /Users/dana/projects/shop/.env"
rm -f ./*.py ./*.sh ./*.java
