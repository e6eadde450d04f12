"""Static files of a site that is built again while it runs, through the real ASGI handler."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import AsyncClient
from pytest_django.fixtures import Settings


@pytest.fixture
def built(tmp_path: Path, settings: Settings) -> Path:
    """Where the front end is built to, with one file in it."""
    settings.STATICFILES_DIRS = [("dist", tmp_path)]
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "site-aaaaaaaa.js").write_text("old();")
    return tmp_path / "assets"


async def test_a_file_is_served_whole_and_for_ever(built: Path) -> None:
    response = await AsyncClient().get("/static/dist/assets/site-aaaaaaaa.js")
    assert response.status_code == 200
    assert not response.streaming
    assert response.content == b"old();"
    assert response.headers["Content-Length"] == "6"
    assert response.headers["Content-Type"] == 'text/javascript; charset="utf-8"'
    assert "immutable" in response.headers["Cache-Control"]


async def test_a_part_of_a_file_and_its_head_can_be_asked_for(built: Path) -> None:
    address = "/static/dist/assets/site-aaaaaaaa.js"
    part = await AsyncClient().get(address, headers={"Range": "bytes=0-2"})
    assert (part.status_code, part.content) == (206, b"old")
    head = await AsyncClient().head(address)
    assert (head.content, head.headers["Content-Length"]) == (b"", "6")
    known = await AsyncClient().get(address, headers={"If-None-Match": head.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.django_db
async def test_a_new_build_is_served_by_a_site_that_runs(built: Path) -> None:
    client = AsyncClient()
    old, new = (f"/static/dist/assets/site-{mark * 8}.js" for mark in "ab")
    assert (await client.get(old)).status_code == 200
    assert (await client.get(new)).status_code == 404
    (built / "site-aaaaaaaa.js").rename(built / "site-bbbbbbbb.js")
    assert (await client.get(new)).content == b"old();"
    assert (await client.get(old)).status_code == 404


@pytest.mark.parametrize("path", ["../../manage.py", "%2e%2e/%2e%2e/manage.py", "assets/", ""])
@pytest.mark.django_db
async def test_nothing_but_what_was_built_is_served(built: Path, path: str) -> None:
    assert (await AsyncClient().get(f"/static/dist/{path}")).status_code == 404
