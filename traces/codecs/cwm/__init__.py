"""The codec for CWM's trace language: events, text and token ids, both ways, while they stream.

    codec = CWMCodec(tokenizer)
    context = choose_context(source, entry="f(3)")
    prompt = codec.prompts.full_trace(context)
    decoder = codec.decoder(prompt)
    for ids in stream_of(prompt.ids, stop=prompt.stop_ids):
        for item in decoder.feed(ids):
            ...  # DecodedFrame, Malformed or Ended
    cut = decoder.finish("length")  # Truncated, or None if the trace was ended

The format was published by Meta in github.com/facebookresearch/cwm (PROMPTING_GUIDE.md).
"""

from __future__ import annotations

from traces.codecs.cwm.context import (
    Context,
    ContextError,
    NoEntryCall,
    choose_context,
    context_at,
    invented_context,
    wrapper_context,
)
from traces.codecs.cwm.decoder import MAX_FRAME_BYTES, CWMDecoder, TokenTables
from traces.codecs.cwm.encoder import EncodeError, FrameWriter, write_frames
from traces.codecs.cwm.grammar import (
    DecodedFrame,
    Ended,
    Fault,
    FieldLogprobs,
    FrameText,
    Item,
    Malformed,
    Note,
    Partial,
    Truncated,
)
from traces.codecs.cwm.prompts import CWMPrompts, EditRefused, TracePrompt, edit_locals, edit_value
from traces.codecs.tokenizer import CWMSpecials, Tokenizer
from traces.lines import SourceLines

__all__ = [
    "CWMCodec",
    "CWMDecoder",
    "CWMPrompts",
    "Context",
    "ContextError",
    "DecodedFrame",
    "EditRefused",
    "EncodeError",
    "Ended",
    "Fault",
    "FieldLogprobs",
    "FrameText",
    "FrameWriter",
    "Item",
    "Malformed",
    "NoEntryCall",
    "Note",
    "Partial",
    "TracePrompt",
    "Truncated",
    "choose_context",
    "context_at",
    "edit_locals",
    "edit_value",
    "invented_context",
    "wrapper_context",
    "write_frames",
]


class CWMCodec:
    """CWM's trace language over one tokenizer.

    Raises `TokenizerError` if the tokenizer lacks one of the special tokens.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.specials = CWMSpecials.from_names(tokenizer.special_ids)
        self.prompts = CWMPrompts(tokenizer, self.specials)
        self._tables = TokenTables(tokenizer, self.specials)

    def decoder(
        self,
        prompt: TracePrompt,
        *,
        program: SourceLines | None = None,
        max_frame_bytes: int = MAX_FRAME_BYTES,
    ) -> CWMDecoder:
        """A decoder for what a model writes after `prompt`. `program` (built from
        `prompt.context.source`) saves analysing the same context again."""
        return CWMDecoder(self._tables, prompt, program=program, max_frame_bytes=max_frame_bytes)
