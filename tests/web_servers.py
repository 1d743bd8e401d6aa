"""nginx, Apache and Caddy, started on free ports with the generated settings.

Each serves a built site twice: at the root of one address, and in /pain/ on another. In the settings, only names,
folders and ports are changed, as a host would.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from build_tools.load.loader import load
from build_tools.release.servers import write_settings
from tests.conftest import ROOT, edit, until
from tests.node import MissingError

INTRANET = "https://intranet.clinic.example"
NAME = "pain.clinic.example"
"""The name of the server in the settings."""
MODULES = Path("/usr/lib/apache2/modules")
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")


@dataclass(frozen=True)
class Served:
    """A running server: the site's URL at the root of an address and in a sub-path, and its folder.

    At `top`, the intranet can frame the pages. `named` is the same by host name, which a browser must resolve to
    this machine: over HTTP, browsers trust a name less than a loopback address.
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
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if not path:
        raise MissingError(f"{name} is not installed; on Debian: sudo apt-get install {name}")
    return path


@contextmanager
def served(name: str, site: Path, intranet: str = INTRANET) -> Iterator[Served]:
    """Serve the site with the server of that name, which lets `intranet` frame it, until the block ends."""
    executable = program(name)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # servers run as another user
        top = shutil.copytree(site, folder / "top")
        below = shutil.copytree(top, folder / "www/pain")
        move_404(below, "/pain/")
        write_settings(folder / "servers", ROOT / "content/templates", load(ROOT / "data")[0])
        ports = _free_ports(2)
        command, check = STARTS[name](executable, folder, ports, intranet)
        done = subprocess.run(check, capture_output=True, text=True, check=False, env=_environment(folder))
        assert done.returncode == 0, done.stdout + done.stderr
        log = folder / "log"
        with (
            log.open("w") as output,
            subprocess.Popen(command, stdout=output, stderr=output, env=_environment(folder)) as process,
        ):
            try:
                until(lambda: all(map(_accepts_connections, ports)) or process.poll() is not None, bool)
                assert process.poll() is None, log.read_text("utf-8", "replace")
                addresses = [f"http://127.0.0.1:{port}" for port in ports]
                has_brotli = name != "nginx" or BROTLI.exists()
                named = f"http://{NAME}:{ports[0]}"
                yield Served(name, addresses[0], named, f"{addresses[1]}/pain", top, log, has_brotli)
            finally:
                process.terminate()


def move_404(site: Path, path: str) -> None:
    """Change the URLs in 404.html, which is shown at any depth, to a sub-path, as HOSTING.md says."""
    lines = (ROOT / "HOSTING.md").read_text("utf-8").splitlines()
    commands = [line.removeprefix("    sudo ") for line in lines if "site/404.html" in line]
    assert len(commands) == 2
    for command in commands:
        subprocess.run(command.replace("/pain/", path).replace("site/", f"{site}/"), shell=True, check=True)


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [server.getsockname()[1] for server in sockets]


def _accepts_connections(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _below(settings: Path) -> str:
    """The settings for a site in a sub-path, which are a comment at the end."""
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
    # In the sub-path, an .htaccess file tests the settings for hosts who cannot change those of the server.
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
    load_modules = "\n".join(
        f"LoadModule {module}_module {MODULES}/mod_{module}.so" for module in ["mpm_event", *modules]
    )
    (settings / "apache2.conf").write_text(
        f"""{load_modules}
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
