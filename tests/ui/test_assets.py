"""Style, icons and scripts: published whole, compressed, kept by browsers for as long as their address."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path
from posixpath import dirname, normpath

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client

from sanscouture.ui import assets

STYLE = "dsfr/dist/dsfr.main.min.css"


def test_an_address_holds_the_hash_of_the_contents() -> None:
    assert re.fullmatch(r"/static/[0-9a-f]{12}/ui/page\.js", static("ui/page.js"))


def test_a_browser_keeps_a_file_for_a_year_and_receives_it_compressed(client: Client) -> None:
    answer = client.get(static(STYLE), headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert answer["Vary"] == "Accept-Encoding"
    assert "immutable" in answer["Cache-Control"]
    assert int(re.search(r"max-age=(\d+)", answer["Cache-Control"])[1]) >= 365 * 24 * 3600
    assert gzip.decompress(answer.getvalue()) == assets.sources()[STYLE].read_bytes()


def test_a_browser_that_reads_no_gzip_receives_the_file_itself(client: Client) -> None:
    answer = client.get(static(STYLE), headers={"accept-encoding": ""})
    assert "Content-Encoding" not in answer
    assert answer.getvalue() == assets.sources()[STYLE].read_bytes()


@pytest.mark.django_db
def test_the_old_address_is_gone(client: Client) -> None:
    assert client.get(f"/static/{STYLE}").status_code == 404


def test_a_file_that_is_not_published_cannot_be_named() -> None:
    with pytest.raises(ValueError, match="not published"):
        static("dsfr/dist/dsfr.legacy.min.css")


@pytest.mark.parametrize("style", [name for name in assets.sources() if name.endswith(".css")])
def test_what_a_style_calls_is_published(style: str) -> None:
    """`.woff` is the exception: no browser that takes our modules asks for it."""
    called = re.findall(r"url\(['\"]?(?!data:|#)([^)'\"?#]+)", assets.sources()[style].read_text())
    names = {normpath(f"{dirname(style)}/{address}") for address in called}
    missing = {name for name in names - set(assets.sources()) if not name.endswith(".woff") and finders.find(name)}
    assert not missing


def test_publishing_twice_writes_once(tmp_path: Path) -> None:
    first = assets.publish(tmp_path)
    (first / "mark").touch()
    assert assets.publish(tmp_path) == first
    assert (first / "mark").exists()
    assert [folder.name for folder in tmp_path.iterdir()] == [assets.version()]


def test_the_latest_versions_are_kept(tmp_path: Path) -> None:
    for age in range(5):
        folder = tmp_path / f"{age:012x}"
        folder.mkdir()
        os.utime(folder, (1_000_000 - age, 1_000_000 - age))
    assets.publish(tmp_path)
    assert {folder.name for folder in tmp_path.iterdir()} == {assets.version(), f"{0:012x}", f"{1:012x}"}
