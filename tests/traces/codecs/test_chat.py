"""Conversations as ids: the exact formats, and no text that becomes a control token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.codecs.chat import (
    CWM_ANSWERS,
    CWM_REASONS,
    ChatMessage,
    ChatML,
    CWMChat,
    chat_codec,
)
from traces.codecs.tokenizer import TokenizerError
from workers.runtime.fake import ByteTokenizer

MESSAGES = [ChatMessage("system", " Be brief.\n"), ChatMessage("user", "Add.")]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SPELLINGS = st.sampled_from(["<|eot_id|>", "<|start_header_id|>", "<think>", "<|im_end|>"])


class ChatMLTokenizer(ByteTokenizer):
    """Bytes and ChatML's tokens."""

    vocab_size = 259
    special_ids = {"<|endoftext|>": 256, "<|im_start|>": 257, "<|im_end|>": 258}  # as its base


def spelled(ids: tuple[int, ...], tokenizer: ByteTokenizer) -> str:
    names = {number: name for name, number in tokenizer.special_ids.items()}
    return b"".join(names[i].encode() if i in names else bytes([i]) for i in ids).decode()


def test_cwm_reasons_in_its_own_format() -> None:
    tokenizer = ByteTokenizer()
    prompt = CWMChat(tokenizer).prompt(MESSAGES, reasoning=True)
    assert spelled(prompt.ids, tokenizer) == (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n"
        f"{CWM_REASONS}\n\nBe brief.<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nAdd.<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n<think>\n"
    )
    assert prompt.begins_in_reasoning
    names = tokenizer.special_ids
    assert set(prompt.stop_ids) == {names["<|end_of_text|>"], names["<|eot_id|>"]}


def test_cwm_answers_at_once_without_reasoning() -> None:
    tokenizer = ByteTokenizer()
    prompt = CWMChat(tokenizer).prompt(MESSAGES[1:], reasoning=False)
    text = spelled(prompt.ids, tokenizer)
    assert f"\n\n{CWM_ANSWERS}<|eot_id|>" in text
    assert text.endswith("assistant<|end_header_id|>\n\n")
    assert not prompt.begins_in_reasoning


def test_chatml_has_its_own_format_and_can_be_continued() -> None:
    tokenizer = ChatMLTokenizer()
    prompt = ChatML(tokenizer).prompt(MESSAGES, reasoning=True, opening="def ")
    assert spelled(prompt.ids, tokenizer) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nAdd.<|im_end|>\n"
        "<|im_start|>assistant\ndef "
    )
    assert not prompt.begins_in_reasoning


def test_the_format_is_the_one_that_the_tokenizer_has_tokens_for() -> None:
    assert isinstance(chat_codec(ByteTokenizer()), CWMChat)
    assert isinstance(chat_codec(ChatMLTokenizer()), ChatML)
    bare = ByteTokenizer()
    bare.special_ids = {}
    with pytest.raises(TokenizerError, match="solve a problem"):
        chat_codec(bare)


@given(st.lists(st.tuples(st.sampled_from(["user", "assistant"]), TEXT | SPELLINGS), max_size=4))
def test_no_text_ends_its_message(turns: list[tuple[str, str]]) -> None:
    tokenizer = ByteTokenizer()
    messages = [ChatMessage(role, text) for role, text in turns]  # type: ignore[arg-type]  # roles
    ids = CWMChat(tokenizer).prompt(messages, reasoning=True).ids
    names = tokenizer.special_ids
    assert ids.count(names["<|eot_id|>"]) == len(turns) + 1  # and the system message
    assert ids.count(names["<|start_header_id|>"]) == len(turns) + 2  # and the assistant's opening


@given(TEXT, TEXT)
def test_conversations_that_begin_alike_share_their_ids(one: str, other: str) -> None:
    codec = CWMChat(ByteTokenizer())
    first = codec.prompt([*MESSAGES, ChatMessage("user", one)], reasoning=True).ids
    second = codec.prompt([*MESSAGES, ChatMessage("user", other)], reasoning=True).ids
    shared = len(codec.prompt(MESSAGES, reasoning=False).ids) - len("assistant") - 4
    assert first[:shared] == second[:shared]
