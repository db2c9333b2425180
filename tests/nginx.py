"""An nginx of the tests' own before a server, with the configuration that is given to users."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.loaded_wave import NAME, free_port
from tests.referees.tools import path_of

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "serving" / "nginx.conf"
PREFIX = "/cooperation"
BASE = f"https://{NAME}{PREFIX}"
_NOBODY = 65534
# As Debian's own: it logs, and packs, unless a server says otherwise.
_AROUND = """
daemon off;
pid {folder}/pid;
worker_processes 1;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    gzip on;
    include {folder}/survey.conf;
}}
"""


@dataclass(frozen=True)
class Nginx:
    """A proxy that runs: its ports, and all that it may write."""

    folder: Path
    https: int
    http: int

    def trust(self) -> ssl.SSLContext:
        """What knows the proxy by its certificate, and nothing else."""
        return ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))

    def written(self) -> bytes:
        """Everything that lies in its folder but what was put there."""
        kept = {"fullchain.pem", "privkey.pem", "main.conf", "survey.conf"}
        files = (
            path for path in self.folder.rglob("*") if path.is_file() and path.name not in kept
        )
        return b"".join(path.read_bytes() for path in files)


@contextmanager
def nginx_before(port: int) -> Iterator[Nginx]:
    """Start one before a server at a port of this machine, without rights; stop it at the end."""
    program = path_of("nginx")
    folder = Path(tempfile.mkdtemp(prefix="nginx-"))
    proxy = Nginx(folder, free_port(), free_port())
    _certify(folder)
    (folder / "survey.conf").write_text(_example(proxy, port), encoding="utf-8")
    (folder / "main.conf").write_text(_AROUND.format(folder=folder), encoding="utf-8")
    if os.getuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, _NOBODY, _NOBODY)
    lent = _NOBODY if os.getuid() == 0 else None
    command = [program, "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/main.conf"]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        cwd="/",
        user=lent,
        group=lent,
        extra_groups=None if lent is None else [],
    )
    try:
        _wait(process, proxy)
        yield proxy
    finally:
        process.terminate()
        process.communicate(timeout=60)
        shutil.rmtree(folder)


def _example(proxy: Nginx, port: int) -> str:
    """The example with other ports and paths, and nothing else changed."""
    changes = {
        r"listen \[::\]:\d+( ssl)?;": "",
        r"listen 80;": f"listen 127.0.0.1:{proxy.http};",
        r"listen 443 ssl;": f"listen 127.0.0.1:{proxy.https} ssl;",
        r"/etc/ssl/survey/": f"{proxy.folder}/",
        r"/var/log/nginx/": f"{proxy.folder}/",
        r"127\.0\.0\.1:8000": f"127.0.0.1:{port}",
    }
    text = EXAMPLE.read_text(encoding="utf-8")
    for pattern, put in changes.items():
        text, found = re.subn(pattern, put, text)
        assert found, pattern
    return text


def _certify(folder: Path) -> None:
    """A certificate that the proxy signs itself, for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _wait(process: subprocess.Popen[bytes], proxy: Nginx) -> None:
    for _ in range(600):
        assert process.poll() is None, process.communicate()[1].decode()
        try:
            socket.create_connection(("127.0.0.1", proxy.https), timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx does not listen")
