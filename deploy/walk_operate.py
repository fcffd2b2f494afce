"""Walks docs/operate.md: runs its commands from top to bottom, with other paths, ports and names.

    .venv/bin/python deploy/walk_operate.py [--venv FOLDER] [--user NAME]

As root on Debian, with PostgreSQL running, and redis-server, nginx and openssl installed. Everything lies
below one temporary folder and in databases of its own; all of it is gone at the end. ``--venv`` spares the
installation of the packages; ``--user root`` is for a Python that lies where nobody else may read. Blocks
after ``<!-- not walked: why -->`` are told, not run.
"""

from __future__ import annotations

import argparse
import contextlib
import grp
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "operate.md"
BLOCK = re.compile(r"(?:<!-- not walked: (?P<why>[^>]*) -->\n)?```sh\n(?P<text>.*?)```", re.DOTALL)
UNITS = ("mlflow", "worker", "learner", "scheduler", "web@8001", "web@8002")
PASSWORD = "the-first-password-of-the-walk"
FOLDERS = (
    "opt", "etc/nginx/sites-available", "etc/nginx/sites-enabled", "etc/systemd/system", "root", "var/lib",
    "var/backups", "var/log/nginx", "usr/local/bin", "redis",
)  # fmt: skip
PATIENCE = 240.0
TLS = "--cacert /etc/mlops-portal/tls/portal.crt"
ASK = f"curl --silent --fail {TLS} https://portal.example/healthz > /dev/null"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Walk:
    """One walk in ``folder``; ``name`` is role and database."""

    def __init__(self, folder: Path, venv: Path | None, user: str) -> None:
        self.folder, self.venv, self.user = folder, venv, user
        self.group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
        self.name = f"walk_{secrets.token_hex(4)}"
        self.ports = {port: str(free_port()) for port in ("80", "443", "5000", "6379", "8001", "8002")}
        self.running: list[subprocess.Popen[bytes]] = []
        self.said = (folder / "said.log").open("ab")

    def here(self, text: str) -> str:
        """What the page writes, as it is called in this walk."""
        for path in ("opt", "etc", "var/lib", "var/backups"):
            text = text.replace(f"/{path}/mlops-portal", f"{self.folder}/{path}/mlops-portal")
        for path in ("/etc/nginx/sites-", "/etc/systemd/system", "/usr/local/bin/portal-manage", "/root/",
                     "/var/log/nginx"):  # fmt: skip
            text = text.replace(path, f"{self.folder}{path}")
        text = text.replace("-o mlops-portal -g mlops-portal", f"-o {self.user} -g {self.group}")
        text = text.replace("chown mlops-portal:", f"chown {self.user}:{self.group}")
        text = re.sub(r"(-u |User=)mlops-portal", rf"\1{self.user}", text)
        before = r"(ROLE |DATABASE |OWNER |postgres://|:5432/|--owner |\|/)"
        text = re.sub(before + r"portal\b(?!\.)", rf"\1{self.name}", text)
        text = text.replace("portal_restored", f"{self.name}_restored")
        text = re.sub(r"(127\.0\.0\.1:)(8001|8002|5000|6379)\b", lambda m: m[1] + self.ports[m[2]], text)
        text = re.sub(r"(--port )5000\b", lambda m: m[1] + self.ports["5000"], text)
        text = re.sub(r"(listen )(80|443)\b", lambda m: m[1] + "127.0.0.1:" + self.ports[m[2]], text)
        tls = self.ports["443"]
        text = text.replace("curl ", f"curl --resolve portal.example:{tls}:127.0.0.1 ")
        text = text.replace("https://portal.example/", f"https://portal.example:{tls}/")
        text = text.replace("nginx -t", f"nginx -c {self.folder}/etc/nginx/nginx.conf -t")
        if self.venv:
            link = f"ln -s {self.venv} {self.folder}/opt/mlops-portal/.venv && make --silent"
            text = text.replace("make --silent", link)
        return text

    def prepare(self) -> None:
        for path in FOLDERS:
            (self.folder / path).mkdir(parents=True, exist_ok=True)
        (self.folder / "etc/nginx/nginx.conf").write_text(
            f"pid {self.folder}/nginx.pid;\nevents {{}}\nhttp {{\n  include /etc/nginx/mime.types;\n"
            f"  include {self.folder}/etc/nginx/sites-enabled/*;\n}}\n"
        )
        redis = f"redis-server --port {self.ports['6379']} --bind 127.0.0.1 --maxmemory-policy noeviction"
        self.start([*redis.split(), "--save", "", "--dir", str(self.folder / "redis")], {}, None)

    def run(self, text: str) -> None:
        """One block; CalledProcessError with what it said."""
        environ = os.environ | {"SOURCE": ROOT.as_uri(), "FIRST_PASSWORD": PASSWORD, "UMASK": "0022",
                                "PATH": f"{self.folder}/usr/local/bin:{os.environ['PATH']}"}  # fmt: skip
        for name in ("VAR_DIR", "DATABASE_URL", "REDIS_URL", "PORT"):
            environ.pop(name, None)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.here(text)], cwd=self.folder, env=environ, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        print(re.sub(r"^(?=.)", "    ", done.stdout[-1800:], flags=re.MULTILINE), end="", flush=True)
        if done.returncode:
            raise SystemExit(f"This block ended with {done.returncode}:\n{self.here(text)}")
        if "git clone" in text:
            self.rename_copies()

    def rename_copies(self) -> None:
        """What the page installs names the page's paths: name those of this walk."""
        for path in (self.folder / "opt/mlops-portal/deploy/production").rglob("*"):
            if path.is_file():
                path.write_text(self.here(path.read_text()))

    def start(self, argv: list[str], environ: Mapping[str, str], user: str | None) -> None:
        plain = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        portal = {"cwd": self.folder / "opt/mlops-portal", "user": user, "group": self.group}
        place: dict[str, Any] = portal if user else {"cwd": self.folder}
        one = subprocess.Popen(
            argv,
            env=plain | dict(environ),
            stdout=self.said,
            stderr=self.said,
            start_new_session=True,
            **place,
        )
        self.running.append(one)

    def start_units(self) -> None:
        """As systemd would: the ExecStart of each unit, with its environment, as its user."""
        common = self.environ()
        for unit in UNITS:
            name, at, instance = unit.partition("@")
            text = (self.folder / f"etc/systemd/system/mlops-portal-{name}{at}.service").read_text()
            own = [
                part
                for line in re.findall(r"^Environment=(.*)$", text, re.MULTILINE)
                for part in line.split()
            ]
            command = re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)
            assert command is not None
            argv = command[1].replace("%i", self.ports.get(instance, "")).replace("%H", socket.gethostname())
            self.start(argv.split(), common | dict(part.split("=", 1) for part in own), self.user)
        self.start(["nginx", "-c", f"{self.folder}/etc/nginx/nginx.conf", "-g", "daemon off;"], {}, None)

    def wait(self) -> None:
        """Until the portal is ready behind nginx."""
        begun, says = time.monotonic(), "nothing"
        while time.monotonic() - begun < PATIENCE:
            done = subprocess.run(
                ["bash", "-c", self.here("curl --silent --insecure -w '%{http_code}' https://portal.example/readyz")],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            says = done.stdout
            if says.endswith("200"):
                print(f"    ready after {time.monotonic() - begun:.0f} s: {says}")
                return
            time.sleep(2)
        raise SystemExit(f"Not ready after {PATIENCE:.0f} s: {says}; see {self.said.name}")

    def signing_in_works(self) -> None:
        """Over TLS and nginx: a redirect to TLS, the page, its static files, and no metrics."""
        trust = ssl.create_default_context(cafile=str(self.folder / "etc/mlops-portal/tls/portal.crt"))
        trust.check_hostname = False  # asked by address; curl above has checked the name
        base = f"https://127.0.0.1:{self.ports['443']}"

        def get(path: str) -> tuple[int, str, str]:
            asked = urllib.request.Request(base + path, headers={"Host": "portal.example"})
            try:
                with urllib.request.urlopen(asked, context=trust, timeout=30) as answer:
                    return (
                        answer.status,
                        answer.read().decode(),
                        answer.headers.get("Strict-Transport-Security", ""),
                    )
            except urllib.error.HTTPError as error:
                return error.code, "", ""

        status, page, hsts = get("/sign-in/")
        static = re.search(r'(/static/[^"]+\.css)', page)
        if not (status == 200 and "csrfmiddlewaretoken" in page and hsts and static):
            raise SystemExit(f"The sign-in page answered {status}: {page[:300]}")
        assert get(static[1])[0] == 200, static[1]
        assert get("/metrics")[0] == 404
        print("    sign-in page, its style and TLS are well; metrics are not given to the outside")

    def restart_web(self) -> None:
        """One web process after the other, while somebody asks: no answer is lost."""
        webs = self.running[-3:-1]
        for one, instance in zip(webs, ("8001", "8002"), strict=True):
            one.send_signal(signal.SIGTERM)
            for _ in range(8):
                self.run(ASK)
            one.wait(40)
            self.start(list(one.args), self.environ(), self.user)  # type: ignore[call-overload]
            self.until(instance)

    def environ(self) -> dict[str, str]:
        """What every unit reads."""
        lines = (self.folder / "etc/mlops-portal/portal.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    def until(self, instance: str) -> None:
        for _ in range(120):
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", int(self.ports[instance])), 1),
            ):
                return
            time.sleep(1)

    def end(self) -> None:
        for one in reversed(self.running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGTERM)
        for one in self.running:
            try:
                one.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(one.pid, signal.SIGKILL)
        for sql in (f"DROP DATABASE IF EXISTS {self.name}", f"DROP DATABASE IF EXISTS {self.name}_restored",
                    f"DROP ROLE IF EXISTS {self.name}"):  # fmt: skip
            subprocess.run(["runuser", "-u", "postgres", "--", "psql", "-qc", sql], cwd="/", check=False)


@contextlib.contextmanager
def walking(venv: Path | None, user: str) -> Iterator[Walk]:
    folder = Path(tempfile.mkdtemp(prefix="walk-"))
    folder.chmod(0o755)
    walk = Walk(folder, venv, user)
    try:
        walk.prepare()
        yield walk
    except BaseException:
        print((folder / "said.log").read_text(errors="replace")[-3000:], file=sys.stderr)
        raise
    finally:
        walk.end()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--venv", type=Path, help="an environment that is made already")
    parser.add_argument("--user", default="nobody", help="who runs the portal in this walk")
    asked = parser.parse_args()
    with walking(asked.venv.resolve() if asked.venv else None, asked.user) as walk:
        walked = left = 0
        for block in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
            first = block["text"].strip().splitlines()[0]
            if block["why"]:
                left += 1
                print(f"--  {first}\n    not walked: {block['why']}", flush=True)
                continue
            if "/readyz" in block["text"]:
                walk.start_units()
                walk.wait()
                walk.signing_in_works()
            print(f"ok  {first}", flush=True)
            walk.run(block["text"])
            walked += 1
        walk.restart_web()
    print(f"{walked} blocks walked, {left} not.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
