"""Conversations as token ids, in the chat formats of the models that solve.

Two formats, told apart by the special tokens that a tokenizer has:

* Llama 3's, which CWM uses (github.com/facebookresearch/cwm, PROMPTING_GUIDE.md):
  `<|start_header_id|>ROLE<|end_header_id|>\\n\\nCONTENT<|eot_id|>`. With reasoning the system
  message begins with CWM's own sentence about `<think>`, and the prompt ends with `<think>\\n`,
  which is plain text in this format, not a token.
* ChatML (`<|im_start|>ROLE\\nCONTENT<|im_end|>\\n`), which small open models use.

Content is always encoded as plain characters (`encode_plain`): `<|eot_id|>` in a problem is nine
characters and ends no message. A conversation's ids depend on its messages one after another, so
conversations that begin alike share the beginning of their ids, and a server its work on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from traces.codecs.tokenizer import (
    BEGIN_OF_TEXT,
    END_OF_TEXT,
    OPTIONAL_END_NAMES,
    Tokenizer,
    TokenizerError,
    encode_plain,
)

Role = Literal["system", "user", "assistant"]

THINK: Final = "<think>"
END_THINK: Final = "</think>"

#: CWM was trained with these sentences at the beginning of its system message.
CWM_REASONS: Final = (
    "You are a helpful AI assistant. You always reason before responding, using the following "
    "format:\n\n<think>\nyour internal reasoning\n</think>\nyour external response"
)
CWM_ANSWERS: Final = "You are a helpful AI assistant."

_HEADER: Final = ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
_CHATML: Final = ("<|im_start|>", "<|im_end|>")


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn. `content` is text of anybody: it never becomes a special token."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """What goes to the model. `begins_in_reasoning`: the model's first characters are thoughts."""

    ids: tuple[int, ...]
    stop_ids: tuple[int, ...]
    begins_in_reasoning: bool


class ChatCodec(Protocol):
    """A chat format over one tokenizer."""

    @property
    def can_reason(self) -> bool:
        """Whether the format has a way to ask for reasoning, and one to leave it out."""
        ...

    @property
    def is_small(self) -> bool:
        """Whether its models are small ones, which need examples rather than rules."""
        ...

    def prompt(
        self, messages: Sequence[ChatMessage], *, reasoning: bool, opening: str = ""
    ) -> ChatPrompt:
        """The conversation, ready for the assistant's next words, or for those after `opening`."""
        ...


class CWMChat:
    """CWM's format."""

    can_reason = True
    is_small = False

    def __init__(self, tokenizer: Tokenizer) -> None:
        names = tokenizer.special_ids
        missing = [name for name in (BEGIN_OF_TEXT, *_HEADER) if name not in names]
        if missing:
            raise TokenizerError(f"The tokenizer lacks the chat tokens {', '.join(missing)}.")
        self._tokenizer = tokenizer
        self._bos = names[BEGIN_OF_TEXT]
        self._start, self._end, self._eot = (names[name] for name in _HEADER)
        ends = (END_OF_TEXT, *OPTIONAL_END_NAMES)
        self._stops = tuple(sorted(names[name] for name in ends if name in names))

    def prompt(
        self, messages: Sequence[ChatMessage], *, reasoning: bool, opening: str = ""
    ) -> ChatPrompt:
        ids = [self._bos]
        for message in _with_system(messages, CWM_REASONS if reasoning else CWM_ANSWERS):
            ids += self._header(message.role)
            # One piece: a tokenizer that works by words may join the newlines with the text.
            ids += encode_plain(self._tokenizer, f"\n\n{message.content.strip()}")
            ids.append(self._eot)
        ids += self._header("assistant")
        start = f"{THINK}\n" if reasoning else ""
        ids += encode_plain(self._tokenizer, f"\n\n{start}{opening}")
        return ChatPrompt(tuple(ids), self._stops, begins_in_reasoning=reasoning)

    def _header(self, role: Role) -> list[int]:
        return [self._start, *encode_plain(self._tokenizer, role), self._end]


class ChatML:
    """ChatML, as small instruction models have it. They are asked to answer at once."""

    can_reason = False
    is_small = True

    def __init__(self, tokenizer: Tokenizer) -> None:
        names = tokenizer.special_ids
        missing = [name for name in _CHATML if name not in names]
        if missing:
            raise TokenizerError(f"The tokenizer lacks the chat tokens {', '.join(missing)}.")
        self._tokenizer = tokenizer
        self._start, self._end = (names[name] for name in _CHATML)
        ends = ("<|im_end|>", "<|endoftext|>")
        self._stops = tuple(sorted(names[name] for name in ends if name in names))

    def prompt(
        self, messages: Sequence[ChatMessage], *, reasoning: bool, opening: str = ""
    ) -> ChatPrompt:
        del reasoning  # the format has no place for it
        ids: list[int] = []
        newline = encode_plain(self._tokenizer, "\n")
        for message in messages:
            ids.append(self._start)
            ids += encode_plain(self._tokenizer, f"{message.role}\n{message.content.strip()}")
            ids += [self._end, *newline]
        ids += [self._start, *encode_plain(self._tokenizer, f"assistant\n{opening}")]
        return ChatPrompt(tuple(ids), self._stops, begins_in_reasoning=False)


def chat_codec(tokenizer: Tokenizer) -> ChatCodec:
    """The chat format that this tokenizer has tokens for. Raises `TokenizerError` for none."""
    names = tokenizer.special_ids
    if all(name in names for name in _CHATML):
        return ChatML(tokenizer)
    if all(name in names for name in _HEADER):
        return CWMChat(tokenizer)
    raise TokenizerError(
        "This model's tokenizer has no tokens for conversations, so the model cannot be asked to "
        "solve a problem."
    )


def _with_system(messages: Iterable[ChatMessage], sentence: str) -> list[ChatMessage]:
    """The messages with CWM's sentence at the beginning of the system message."""
    found = list(messages)
    if found and found[0].role == "system":
        content = f"{sentence}\n\n{found[0].content.strip()}"
        return [ChatMessage("system", content), *found[1:]]
    return [ChatMessage("system", sentence), *found]
