"""What a generation took, as numbers for the page."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Usage:
    """Counts and times. Times are in seconds of a clock that never steps back."""

    prompt_tokens: int = 0
    began: float = field(default_factory=time.monotonic)
    output_tokens: int = 0
    cached_tokens: int = 0
    first_at: float = 0.0
    last_at: float = 0.0

    def add(self, tokens: int, *, cached: int = 0) -> None:
        """Account for tokens that came just now."""
        self.cached_tokens = max(self.cached_tokens, cached)
        if tokens:
            self.last_at = time.monotonic()
            self.first_at = self.first_at or self.last_at
            self.output_tokens += tokens

    def numbers(self) -> dict[str, float]:
        """As `usage` of events shows them. Speed needs two tokens that did not come at once."""
        found: dict[str, float] = {
            "prompt_tokens": self.prompt_tokens,
            "output_tokens": self.output_tokens,
            "cached_tokens": self.cached_tokens,
            "wall_ms": round(1000 * (time.monotonic() - self.began)),
        }
        if self.first_at:
            found["first_token_ms"] = round(1000 * (self.first_at - self.began), 1)
        if self.last_at > self.first_at and self.output_tokens > 1:
            rate = (self.output_tokens - 1) / (self.last_at - self.first_at)
            found["tokens_per_s"] = round(rate, 1)
        return found
