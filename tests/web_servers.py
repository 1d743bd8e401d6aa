"""The real nginx, Apache and Caddy, started on free ports with the settings that are written for them.

Each serves a built site twice: at the top of one address, and below /pain/ of another. The settings are used as
they are written; only names, folders and ports are changed, as a host would.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from build_tools.load.loader import load
from build_tools.release.servers import write_settings
from tests.conftest import ROOT, edit, until
from tests.node import MissingError

INTRANET = "https://intranet.clinic.example"
NAME = "pain.clinic.example"
"""The name of the server in the settings; they are also asked for by number."""
MODULES = Path("/usr/lib/apache2/modules")
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")


@dataclass(frozen=True)
class Served:
    """A running server: where the site is at the top of an address, where below a path; what is served.

    At `top`, the intranet may frame the pages. `named` is the same place by its name, for which a browser must be
    told its number: over http, browsers trust that less than a number of this machine.
    """

    name: str
    top: str
    named: str
    below: str
    site: Path
    log: Path
    brotli: bool = True


def program(name: str) -> str:
    """The path of a program; raises MissingError if it is not installed."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if not found:
        raise MissingError(f"{name} is not installed; on Debian: sudo apt-get install {name}")
    return found


@contextmanager
def served(name: str, site: Path, intranet: str = INTRANET) -> Iterator[Served]:
    """The site behind the server of that name, where `intranet` may frame it, until the block ends."""
    executable = program(name)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)  # servers read as another user
        top = shutil.copytree(site, folder / "top")
        below = shutil.copytree(top, folder / "www/pain")
        lead_404_below(below, "/pain/")
        write_settings(folder / "servers", ROOT / "content/templates", load(ROOT / "data")[0])
        ports = _free_ports(2)
        command, check = STARTS[name](executable, folder, ports, intranet)
        checked = subprocess.run(check, capture_output=True, text=True, check=False, env=_environment(folder))
        assert checked.returncode == 0, checked.stdout + checked.stderr
        log = folder / "log"
        with (
            log.open("w") as output,
            subprocess.Popen(command, stdout=output, stderr=output, env=_environment(folder)) as process,
        ):
            try:
                until(lambda: all(map(_answers, ports)) or process.poll() is not None, bool)
                assert process.poll() is None, log.read_text("utf-8", "replace")
                addresses = [f"http://127.0.0.1:{port}" for port in ports]
                has_brotli = name != "nginx" or BROTLI.exists()
                named = f"http://{NAME}:{ports[0]}"
                yield Served(name, addresses[0], named, f"{addresses[1]}/pain", top, log, has_brotli)
            finally:
                process.terminate()


def lead_404_below(site: Path, path: str) -> None:
    """Do what HOSTING.md says for a site below a path: the page 404.html, shown at any depth, must know it."""
    lines = (ROOT / "HOSTING.md").read_text("utf-8").splitlines()
    commands = [line.removeprefix("    sudo ") for line in lines if "site/404.html" in line]
    assert len(commands) == 2
    for command in commands:
        subprocess.run(command.replace("/pain/", path).replace("site/", f"{site}/"), shell=True, check=True)


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


def _free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _below(settings: Path) -> str:
    """The lines for a site below a path, which are a comment at the end of the settings."""
    lines = settings.read_text("utf-8").partition("below a path")[2].splitlines()[1:]
    return "\n".join(line.removeprefix("#") for line in lines if line.startswith(("#\t", "#  ")))


def _nginx(executable: str, folder: Path, ports: list[int], intranet: str) -> tuple[list[str], list[str]]:
    settings = folder / "servers/nginx"
    page = settings / "sites-available/pain-procedures"
    load = f"load_module {BROTLI};" if BROTLI.exists() else ""
    if load:
        page.write_text(page.read_text("utf-8").replace("#brotli_static", "brotli_static"), "utf-8")
    below = _below(page).replace("/var/www", f"{folder}/www")
    for end in (";", " default_server;"):
        edit(page, f"    listen 80{end}\n    listen [::]:80{end}", f"    listen 127.0.0.1:{ports[0]}{end}")
    edit(page, f"server_name {NAME};", f"server_name {NAME} 127.0.0.1;")
    edit(page, "root /var/www/pain;", f"root {folder}/top;")
    edit(page, "#set $pain_frames", "set $pain_frames")
    edit(page, INTRANET, intranet)
    temporary = "".join(f"    {kind}_temp_path {folder}/temporary;\n" for kind in _TEMPORARY)
    (settings / "nginx.conf").write_text(
        f"""{load}
{"user root;" if os.geteuid() == 0 else ""}
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
{temporary}
    gzip on;
    include conf.d/*.conf;
    include sites-available/*;
    server {{
        listen 127.0.0.1:{ports[1]};
        root /nonexistent;
{below}
    }}
}}
""",
        "utf-8",
    )
    command = [executable, "-p", str(folder), "-c", str(settings / "nginx.conf"), "-e", "stderr"]
    return [*command, "-g", "daemon off;"], [*command, "-t"]


_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


_INCLUDED = "Include snippets/pain-procedures.conf"


def _apache(executable: str, folder: Path, ports: list[int], intranet: str) -> tuple[list[str], list[str]]:
    settings = folder / "servers/apache"
    page = settings / "sites-available/pain-procedures.conf"
    below = _below(page).replace("/var/www", f"{folder}/www")
    # Below a path, the settings are tried as hosts use them who may not change those of the server.
    below = below.replace("AllowOverride None", "AllowOverride FileInfo Indexes Options").replace(_INCLUDED, "")
    shutil.copy(settings / _INCLUDED.split()[1], folder / "www/pain/.htaccess")
    edit(page, f"ServerName {NAME}", f"ServerName {NAME}\n    ServerAlias 127.0.0.1")
    text = page.read_text("utf-8").replace("/var/www/pain", f"{folder}/top")
    page.write_text(text.replace("*:80", f"127.0.0.1:{ports[0]}"), "utf-8")
    edit(page, "#SetEnvIf", "SetEnvIf")
    edit(page, INTRANET, intranet)
    modules = "authz_core dir mime headers rewrite setenvif alias negotiation".split()
    if not (MODULES / "mod_mpm_event.so").exists():
        raise MissingError("Apache's modules are not where Debian's package apache2-bin puts them")
    loaded = "\n".join(
        f"LoadModule {module}_module {MODULES}/mod_{module}.so" for module in ["mpm_event", *modules]
    )
    (settings / "apache2.conf").write_text(
        f"""{loaded}
{"User www-data" if os.geteuid() == 0 else ""}
{"Group www-data" if os.geteuid() == 0 else ""}
ServerName localhost
PidFile {folder}/pid
ErrorLog /dev/stderr
TypesConfig /etc/mime.types
# As Debian sets them:
TraceEnable Off
AddType application/x-gzip .gz .tgz
AddLanguage br .br
Listen 127.0.0.1:{ports[0]}
Listen 127.0.0.1:{ports[1]}
<Directory />
    Options FollowSymLinks
    AllowOverride None
    Require all denied
</Directory>
<FilesMatch "^\\.ht">
    Require all denied
</FilesMatch>
Include sites-available/*.conf
<VirtualHost 127.0.0.1:{ports[1]}>
    DocumentRoot /nonexistent
{below}
</VirtualHost>
""",
        "utf-8",
    )
    command = [executable, "-d", str(settings), "-f", str(settings / "apache2.conf")]
    return [*command, "-DFOREGROUND"], [*command, "-t"]


def _caddy(executable: str, folder: Path, ports: list[int], intranet: str) -> tuple[list[str], list[str]]:
    page = folder / "servers/caddy/Caddyfile"
    below = _below(page).replace("/var/www", f"{folder}/www")
    edit(page, f"{NAME} {{", f"http://127.0.0.1:{ports[0]}, http://{NAME}:{ports[0]} {{")
    edit(page, "\n:80 {", f"\nhttp://:{ports[0]} {{")
    edit(page, "\troot * /var/www/pain\n\timport", f"\troot * {folder}/top\n\timport")
    edit(page, "#~.", "~.")
    edit(page, INTRANET, intranet)
    text = page.read_text("utf-8")
    page.write_text(
        "{\n\tadmin off\n\tauto_https off\n}\n"
        + text
        + f"\nhttp://127.0.0.1:{ports[1]} {{\n{below}\n\trespond 404\n}}\n",
        "utf-8",
    )
    return [executable, "run", "--config", str(page)], [executable, "validate", "--config", str(page)]


STARTS: dict[str, Callable[[str, Path, list[int], str], tuple[list[str], list[str]]]] = {
    "nginx": _nginx,
    "apache2": _apache,
    "caddy": _caddy,
}
