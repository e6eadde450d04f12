"""The template tag that turns a front-end entry into the tags that load it.

`npm run build` gives every built file a name with a content hash and writes the names into
`static/dist/.vite/manifest.json` (vite.dev, "Backend Integration"). A page names the source file
and gets whatever was built from it:

    {% load vite %}{% vite "static/src/site.ts" %}
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from django import template
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

_FIX = "Run `make setup` to build the front end."


class _Chunk(msgspec.Struct):
    """What the manifest says about one built file; the rest of it is not needed here."""

    file: str
    css: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assets:
    """The built files of one entry, relative to the build folder, in the order of loading."""

    styles: tuple[str, ...]
    preloads: tuple[str, ...]
    script: str


def find_assets(manifest: Path, entry: str) -> Assets:
    """The files that `entry` needs, its imports' included.

    Raises `ImproperlyConfigured` with the remedy where the front end is not built or does not
    know the entry.
    """
    try:
        stamp = manifest.stat().st_mtime_ns
    except FileNotFoundError as missing:
        message = f"The front end is not built: {manifest} is missing. {_FIX}"
        raise ImproperlyConfigured(message) from missing
    chunks = _read_manifest(manifest, stamp)
    if entry not in chunks:
        message = f"The built front end has no entry {entry!r}: it is from other sources. {_FIX}"
        raise ImproperlyConfigured(message)
    reached = _reach(chunks, entry)
    return Assets(
        styles=tuple(dict.fromkeys(style for chunk in reached for style in chunk.css)),
        preloads=tuple(chunk.file for chunk in reached[:-1]),
        script=reached[-1].file,
    )


# A rebuild changes the time stamp, so a running development server picks it up by itself.
@lru_cache(maxsize=4)
def _read_manifest(manifest: Path, _stamp: int) -> dict[str, _Chunk]:
    try:
        return msgspec.json.decode(manifest.read_bytes(), type=dict[str, _Chunk])
    except msgspec.MsgspecError as error:
        message = f"{manifest} is damaged ({error}). {_FIX}"
        raise ImproperlyConfigured(message) from error


def _reach(chunks: dict[str, _Chunk], entry: str) -> list[_Chunk]:
    """The entry's chunk last, after everything it imports."""
    done: dict[str, _Chunk] = {}

    def visit(name: str, path: frozenset[str]) -> None:
        if name in done or name in path:
            return
        for imported in chunks[name].imports:
            visit(imported, path | {name})
        done[name] = chunks[name]

    visit(entry, frozenset())
    return list(done.values())


@register.simple_tag
def vite(entry: str) -> SafeString:
    """The `<link>` and `<script>` elements that load `entry`, e.g. `static/src/site.ts`."""
    assets = find_assets(settings.VITE_MANIFEST, entry)
    parts: list[Any] = [
        *(format_html('<link rel="stylesheet" href="{}">', _url(name)) for name in assets.styles),
        *(
            format_html('<link rel="modulepreload" href="{}">', _url(name))
            for name in assets.preloads
        ),
        format_html('<script type="module" src="{}"></script>', _url(assets.script)),
    ]
    return format_html_join("\n", "{}", ((part,) for part in parts))


def _url(name: str) -> str:
    return static(f"dist/{name}")
