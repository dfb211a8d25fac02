"""The two ways to serve: one process for a first run, and nginx with pages and hub behind it."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from mikage.config.processes import answers
from tests.serving.processes import Process, free_port, wait_until
from tests.serving.visitor import sign_in, visitor

ROOT = Path(__file__).parents[2]
MIKAGE = [sys.executable, "-m", "mikage.config.command"]
# A cache that keeps whatever it is not expressly forbidden to keep: it looks neither at cookies nor at Vary.
GREEDY_CACHE = """
proxy_cache_path {place}/cache keys_zone=greedy:10m;
server {{
    listen 127.0.0.1:{port};
    location / {{
        proxy_pass http://127.0.0.1:{behind};
        proxy_set_header Host $http_host;
        proxy_cache greedy;
        proxy_cache_key $request_method$uri$is_args$args;
        proxy_cache_valid any 10m;
        proxy_ignore_headers Set-Cookie Vary Expires X-Accel-Expires;
        add_header X-Greedy $upstream_cache_status always;
    }}
}}
"""
NGINX = """
daemon off;
pid {place}/nginx.pid;
error_log stderr warn;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    {body}
}}
"""


@dataclass(frozen=True)
class Arrangement:
    """A running service: where it is, and whose word about it is believed."""

    name: str
    origin: str
    home: Path
    certificate: Path | None = None

    def visitor(self) -> httpx.Client:
        return visitor(self.origin, certificate=self.certificate)

    @contextmanager
    def signed_in(self, account: dict[str, str]) -> Iterator[httpx.Client]:
        with self.visitor() as client:
            sign_in(client, account["login"], account["password"])
            yield client


def prepare(home: Path, database: str) -> None:
    """Static files and the small demonstration city."""
    for arguments in (["collectstatic", "--no-input", "--verbosity", "0"], ["demo", "--size", "tests"]):
        subprocess.run(
            [*MIKAGE, *arguments], env=environment(home, database), cwd=ROOT, check=True, capture_output=True
        )


def environment(home: Path, database: str, **more: str) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "MIKAGE_HOME": str(home), "DATABASE_URL": database, **more}


@contextmanager
def one_process(home: Path, database: str) -> Iterator[Arrangement]:
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    with Process([*MIKAGE, "web"], environment(home, database, PORT=str(port))) as web:
        wait_until(lambda: answers(f"{origin}/login") or web.popen.poll() is not None, 60, web.output)
        assert web.popen.poll() is None, web.output
        yield Arrangement("one process", origin, home)


@contextmanager
def behind_nginx(home: Path, database: str) -> Iterator[Arrangement]:
    """The committed example of nginx, with its places and ports set for this machine."""
    pages, hub, tls, plain = free_port(), free_port(), free_port(), free_port()
    origin = f"https://localhost:{tls}"
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mikage-nginx-")))
        place.chmod(0o755)
        certificate = _certificate(place)
        example = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        for theirs, ours in (
            ("127.0.0.1:8001", f"127.0.0.1:{pages}"),
            ("127.0.0.1:8002", f"127.0.0.1:{hub}"),
            ("listen 80;", f"listen 127.0.0.1:{plain};"),
            ("listen 443 ssl", f"listen 127.0.0.1:{tls} ssl"),
            ("groupware.example.lg.jp", "localhost"),
            ("/etc/mikage/tls/certificate.pem", str(certificate)),
            ("/etc/mikage/tls/key.pem", str(place / "key.pem")),
            ("/var/lib/mikage/static/", f"{home}/static/"),
        ):
            assert theirs in example, theirs
            example = example.replace(theirs, ours)
        given = environment(home, database, MIKAGE_ORIGIN=origin, MIKAGE_TRUSTED_PROXIES="127.0.0.1")
        stack.enter_context(Process(unit("pages", 8001, pages), given))
        stack.enter_context(Process(unit("hub", 8002, hub), given))
        stack.enter_context(nginx(place, example))
        arrangement = Arrangement("behind nginx", origin, home, certificate)
        with arrangement.visitor() as client:
            wait_until(lambda: _status(client, "/login") == 200, 60, "no sign-in page behind nginx")
            wait_until(lambda: _status(client, "/ev") == 401, 60, "no hub behind nginx")
        yield arrangement


def unit(name: str, their_port: int, port: int) -> list[str]:
    """The command of the committed unit, with the programs and a free port of this machine."""
    text = (ROOT / "deploy" / "systemd" / f"mikage-{name}.service").read_text(encoding="utf-8")
    command = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    ours = command.replace("/opt/mikage/bin", str(Path(sys.executable).parent))
    assert f"--port {their_port}" in ours
    return ours.replace(f"--port {their_port}", f"--port {port}").removeprefix("ExecStart=").split()


@contextmanager
def nginx(place: Path, body: str) -> Iterator[Process]:
    configuration = place / "nginx.conf"
    configuration.write_text(NGINX.format(place=place, body=body), encoding="utf-8")
    with Process(["/usr/sbin/nginx", "-e", "stderr", "-c", configuration], {}) as process:
        yield process


def _status(client: httpx.Client, path: str) -> int:
    try:
        return client.get(path).status_code
    except httpx.TransportError:
        return 0


def _certificate(place: Path) -> Path:
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            str(place / "key.pem"),
            "-out",
            str(place / "certificate.pem"),
        ],
        check=True,
        capture_output=True,
    )
    return place / "certificate.pem"
