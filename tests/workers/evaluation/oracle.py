"""A stand-in for a model that knows what the programs of a test really do, and errs on request."""

from __future__ import annotations

import itertools
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence

from traces.codecs.cwm import CWMCodec, choose_context
from traces.codecs.cwm.encoder import FrameWriter
from traces.codecs.cwm.grammar import FrameText
from traces.codecs.tokenizer import Tokenizer
from workers.evaluation.reality import Recording
from workers.evaluation.suites import Item
from workers.runtime.base import Chunk, RuntimeInfo, RuntimeUnavailable, SamplingParams
from workers.runtime.fake import ByteTokenizer

#: From a program's true ids (context, frames, end) to what the oracle believes.
Belief = Callable[[Item, list[int]], list[int]]


class OracleRuntime:
    """Continues a prompt as the believed trace of its program does.

    Greedy, like a model: what follows depends on the prompt alone. After a prompt that is no
    beginning of the believed ids it looks for the frame that has the same place instead.
    """

    def __init__(self, tokenizer: Tokenizer | None = None, *, dies_after: int = 10**9) -> None:
        self.tokenizer = tokenizer or ByteTokenizer()
        self.codec = CWMCodec(self.tokenizer)
        self.requests: list[int] = []
        self._believed: list[list[int]] = []
        self._dies_after = dies_after

    def learn(
        self, item: Item, recording: Recording, belief: Belief = lambda _item, ids: ids
    ) -> int:
        """Know a program. Returns the number of tokens of program and trace."""
        context = choose_context(item.source, item.entry)
        prompts, specials = self.codec.prompts, self.codec.specials
        ids = list(prompts.resume(context, recording.events).ids)
        if context.is_wrapped:
            line = context.lines[-1] + "\n"
            value = FrameWriter(context.lines).write(recording.events[-1]).value
            ids += prompts.frame_ids(FrameText("return", "", line, value))
        ids.append(specials.end_of_text)
        self._believed.append(belief(item, ids))
        return len(ids)

    async def stream(
        self, prompt_ids: Sequence[int], params: SamplingParams, *, request_id: str
    ) -> AsyncGenerator[Chunk, None]:
        """One chunk."""
        self.requests.append(len(prompt_ids))
        if len(self.requests) > self._dies_after:
            raise RuntimeUnavailable("The model server stopped answering.", fix="Start it.")
        answer = self._answer(list(prompt_ids))
        stop = next((at for at, i in enumerate(answer) if i in params.stop_ids), len(answer))
        answer = answer[: stop + 1][: params.max_new_tokens]
        is_cut = not answer or answer[-1] not in params.stop_ids
        logprobs = (-0.1,) * len(answer) if params.logprobs else ()
        reason = "length" if is_cut else "stop"
        yield Chunk(ids=tuple(answer), logprobs=logprobs, finish_reason=reason)  # type: ignore[arg-type]  # a literal of two

    def _answer(self, prompt: list[int]) -> list[int]:
        sep = self.codec.specials.frame_sep
        # One program may be called twice: the calls tell them apart.
        believed = max(self._believed, key=lambda ids: _common(ids, prompt))
        if believed[: len(prompt)] == prompt:
            return believed[len(prompt) :]
        ends = [at + 1 for at, token in enumerate(believed) if token == sep]
        return believed[ends[prompt.count(sep) - 1] :]

    async def abort(self, request_id: str) -> None:
        """Nothing runs."""

    async def health(self) -> None:
        """Always well."""

    async def info(self) -> RuntimeInfo:
        """Its name."""
        return RuntimeInfo(engine="oracle", model="Oracle", context_tokens=10**6)


def _common(ours: Sequence[int], theirs: Sequence[int]) -> int:
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs, strict=False))
    return sum(1 for _ in same)


class Recordings:
    """A recorder that has everything already."""

    def __init__(self, recordings: Iterable[tuple[Item, Recording]]) -> None:
        self.by_name = {item.name: recording for item, recording in recordings}
        self.asked: list[str] = []

    def record(self, item: Item) -> Recording:
        """The recording."""
        self.asked.append(item.name)
        return self.by_name[item.name]
