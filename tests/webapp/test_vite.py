"""The template tag that loads built front-end files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template
from django.test import override_settings

from webapp.vite import find_assets

MANIFEST: dict[str, Any] = {
    "_shared-1.js": {"file": "assets/shared-1.js", "css": ["assets/shared-1.css"]},
    "_deep-2.js": {"file": "assets/deep-2.js", "imports": ["_shared-1.js"]},
    "static/src/site.ts": {"file": "assets/site-3.js", "isEntry": True},
    "static/src/page.ts": {
        "file": "assets/page-4.js",
        "isEntry": True,
        "css": ["assets/page-4.css", "assets/shared-1.css"],
        "imports": ["_deep-2.js", "_shared-1.js"],
    },
}


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(MANIFEST))
    return path


def test_an_entry_is_loaded_with_everything_it_imports_each_once(manifest: Path) -> None:
    assets = find_assets(manifest, "static/src/page.ts")
    assert assets.styles == ("assets/shared-1.css", "assets/page-4.css")
    assert assets.preloads == ("assets/shared-1.js", "assets/deep-2.js")
    assert assets.script == "assets/page-4.js"


def test_imports_in_a_circle_end(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    circle = {"a": {"file": "a.js", "imports": ["b"]}, "b": {"file": "b.js", "imports": ["a"]}}
    path.write_text(json.dumps(circle))
    assert find_assets(path, "a").script == "a.js"


def test_the_tag_writes_elements_that_a_strict_policy_allows(manifest: Path) -> None:
    with override_settings(VITE_MANIFEST=manifest):
        html = Template('{% load vite %}{% vite "static/src/page.ts" %}').render(Context())
    assert html.splitlines() == [
        '<link rel="stylesheet" href="/static/dist/assets/shared-1.css">',
        '<link rel="stylesheet" href="/static/dist/assets/page-4.css">',
        '<link rel="modulepreload" href="/static/dist/assets/shared-1.js">',
        '<link rel="modulepreload" href="/static/dist/assets/deep-2.js">',
        '<script type="module" src="/static/dist/assets/page-4.js"></script>',
    ]


def test_a_rebuild_is_seen_without_a_restart(manifest: Path) -> None:
    assert find_assets(manifest, "static/src/site.ts").script == "assets/site-3.js"
    rebuilt = {**MANIFEST, "static/src/site.ts": {"file": "assets/site-9.js"}}
    manifest.write_text(json.dumps(rebuilt))
    later = manifest.stat().st_mtime + 5
    os.utime(manifest, (later, later))
    assert find_assets(manifest, "static/src/site.ts").script == "assets/site-9.js"


def test_a_missing_build_names_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="make setup"):
        find_assets(tmp_path / "manifest.json", "static/src/site.ts")


def test_an_unknown_entry_is_named(manifest: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"static/src/other\.ts.*make setup"):
        find_assets(manifest, "static/src/other.ts")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": {"css": 1}}'])
def test_a_damaged_manifest_names_the_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(ImproperlyConfigured, match="make setup"):
        find_assets(path, "a")
