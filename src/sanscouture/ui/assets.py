"""Style, fonts, icons and scripts: compressed and named by their content, with no step by hand (docs/adr/0012).

The files that pages use are copied once into `STATIC_ROOT/<version>/`, the text ones with a gzip twin. The version is
a hash of all of them, so that an address never changes its content and a browser may keep it for a year.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware

from sanscouture.ui import scheme

# What the pages load, and what that loads in turn; packages ship seventeen megabytes more. Ours: whatever an app holds.
FROM_PACKAGES = re.compile(
    r"dsfr/dist/(dsfr\.(main|print)\.min\.css|dsfr\.module\.min\.js|favicon/favicon\.svg|fonts/.*\.woff2|icons/.*\.svg"
    r"|utility/icons/icons\.main\.min\.css)"
    r"|django_htmx/htmx-2\.min\.js|leaflet/(leaflet\.(css|js)|images/.*)"
)
THEMED = ("dsfr/dist/dsfr.main.min.css", "ui/sanscouture.css")
DERIVED: Mapping[str, Callable[[Iterable[str]], str]] = {
    "ui/system-dark.css": scheme.for_the_system,
    "ui/paper-light.css": scheme.for_paper,
}
"""Styles made from those that have a dark theme."""
TEXT = {".css", ".js", ".json", ".svg"}
WORTH_COMPRESSING = 1400  # bytes: below, the answer is one packet anyway
VERSIONS_KEPT = 3  # a page opened before an upgrade still finds its style


@cache
def sources() -> Mapping[str, Path]:
    """The files to publish: name in `{% static %}` → where it is."""
    found: dict[str, Path] = {}
    for finder in finders.get_finders():
        for name, storage in finder.list(None):
            path = Path(storage.path(name))
            if FROM_PACKAGES.fullmatch(name) or path.is_relative_to(settings.PACKAGE):
                found.setdefault(name, path)
    return found


@cache
def derived() -> Mapping[str, bytes]:
    """The files to publish that are made from others: name in `{% static %}` → what it holds."""
    styles = [sources()[name].read_text(encoding="utf-8") for name in THEMED]
    return {name: make(styles).encode() for name, make in DERIVED.items()}


@cache
def version() -> str:
    """Twelve hexadecimal digits: the hash of every published file and its name."""
    digest = sha256()
    for name, path in sorted(sources().items()):
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    for content in derived().values():
        digest.update(content)
    return digest.hexdigest()[:12]


def publish(root: Path) -> Path:
    """Copy and compress this version under `root`, unless it is there; several may start at once. Give its folder."""
    folder = root / version()
    if folder.is_dir():
        return folder
    root.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=".draft-", dir=root))
    draft.chmod(0o755)
    for name, path in sources().items():
        copy = draft / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    for name, content in derived().items():
        (draft / name).write_bytes(content)
    for copy in [one for one in draft.rglob("*") if one.is_file()]:
        if copy.suffix in TEXT and copy.stat().st_size > WORTH_COMPRESSING:
            twin = copy.with_name(copy.name + ".gz")
            twin.write_bytes(gzip.compress(copy.read_bytes(), mtime=0))
    try:
        draft.rename(folder)
    except OSError:  # another process was first
        shutil.rmtree(draft)
    forget_old_versions(root)
    return folder


def forget_old_versions(root: Path) -> None:
    """Keep the latest versions under `root`, this one among them."""
    versions = [folder for folder in root.iterdir() if re.fullmatch(r"[0-9a-f]{12}", folder.name)]
    for folder in sorted(versions, key=os.path.getmtime, reverse=True)[VERSIONS_KEPT:]:
        if folder.name != version():
            shutil.rmtree(folder, ignore_errors=True)


class VersionedFiles(StaticFilesStorage):
    """`{% static %}` gives the address of this version; a file that is not published is a fault of the template."""

    def url(self, name: str | None) -> str:
        if name not in sources() and name not in derived():
            raise ValueError(f"{name} is not published: add it to FROM_PACKAGES.")
        return super().url(f"{version()}/{name}")


class PublishedFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Publish this version when the site starts, then serve it. The folder is read once in a process."""

    read: ClassVar[dict[tuple[str, str], dict[str, Any]]] = {}
    files: dict[str, Any]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        publish(Path(settings.STATIC_ROOT))
        super().__init__(*arguments, **options)

    def update_files_dictionary(self, root: str, prefix: str) -> None:
        """Keep what was read: each test client makes a middleware, and a folder of a version does not change."""
        if (root, prefix) not in self.read:
            super().update_files_dictionary(root, prefix)
            self.read[root, prefix] = self.files
        self.files = self.read[root, prefix]
