"""A container's health check: exit 0 if the address answers 200, else say why not.

    python -m deploy.checks.health http://127.0.0.1:8000/readyz

Here because the image has no curl, and a shell one-liner cannot be tested.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request


def trouble(url: str, *, timeout_s: float = 4) -> str:
    """Why `url` is not healthy, or an empty string; a proxy from the environment is not used."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout_s):
            return ""
    except urllib.error.HTTPError as error:
        body = error.read(500).decode("utf-8", "replace").strip()
        return f"{error.code} {body}"
    except (OSError, ValueError) as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(trouble(sys.argv[1]) or 0)
