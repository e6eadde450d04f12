"""The pocket model's tokenizer: trained on a sample of the corpus, in Hugging Face's format.

    python -m training.tokenizer --out models/pocket [--programs 30000] [--vocabulary 4096]

Byte-level BPE with all 256 bytes, so any text round-trips. `traces.codecs.literal_tokenizer` says
how text is cut before merging and why the contents of string literals are no part of it: they are
spelled by character, so the BPE is trained on what is left. Special tokens carry the names that
CWM's tokenizer gives them (github.com/facebookresearch/cwm, cwm/text/tokenizers.py), a few spare
ones included, so that a later use needs no new ids.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from traces.codecs import literal_tokenizer
from traces.codecs.cwm import ContextError, FrameWriter, choose_context, wrapper_context
from training.corpus.programs import program
from training.corpus.sources import library_texts
from training.corpus.trace import Tracer

VOCABULARY = 4096
SPARE_TOKENS = 15
SPECIAL_TOKENS = (
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|pad|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eom_id|>",
    "<|eot_id|>",
    "<|frame_sep|>",
    "<|action_sep|>",
    "<|return_sep|>",
    "<|call_sep|>",
    "<|line_sep|>",
    "<|exception_sep|>",
    "<|arg_sep|>",
    "<|trace_context_start|>",
    "<|reasoning_thinking_start|>",
    "<|reasoning_thinking_end|>",
    *(f"<|reserved_special_token_{n}|>" for n in range(SPARE_TOKENS)),
)
CONTEXT_LENGTH = 4096
#: Characters of library source per character of programs and traces in the sample.
LIBRARY_SHARE = 0.15


def train(texts: Iterable[str], vocabulary: int = VOCABULARY) -> Tokenizer:
    """A tokenizer for texts like these. Raises `ValueError` if they are too uniform for it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(literal_tokenizer.PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[AddedToken(name, special=True) for name in SPECIAL_TOKENS],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
        max_token_length=16,
    )
    # Collected first: the library asks for them in a thread of its own, where nothing is traced.
    pieces = [literal_tokenizer.outside_literals(text) for text in texts]
    tokenizer.train_from_iterator(pieces, trainer)
    size = tokenizer.get_vocab_size(with_added_tokens=True)
    if size != vocabulary:
        raise ValueError(f"The sample gives {size} tokens instead of {vocabulary}: enlarge it.")
    return tokenizer


def save(tokenizer: Tokenizer, folder: Path) -> None:
    """Write `tokenizer.json` and `tokenizer_config.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<|begin_of_text|>",
        "eos_token": "<|end_of_text|>",
        "pad_token": "<|pad|>",
        "model_max_length": CONTEXT_LENGTH,
        "clean_up_tokenization_spaces": False,
        literal_tokenizer.STRING_CONTENTS: literal_tokenizer.BY_CHARACTER,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def sample(programs: int, seed: int) -> Iterator[str]:
    """Texts as a codec sees them: contexts, locals, source lines, values; and library source."""
    tracer = Tracer()
    rng = random.Random(seed)  # noqa: S311  # reproducible, no secret
    library = library_texts(rng)
    owed = 0.0
    for number in range(programs):
        try:
            made = program((seed << 32) + number)
        except Exception:  # noqa: S112  # `training.corpus.build` counts these; here they are few
            continue
        try:
            choose = wrapper_context if rng.random() < 0.25 else choose_context
            context = choose(made.source, made.entry)
        except ContextError:
            continue
        entry = f"{context.entry_name}()" if context.is_wrapped else made.entry
        recorded = tracer.record(context.source, entry)
        if recorded is None:
            continue
        writer = FrameWriter(context.lines)
        texts = [context.text]
        for frame in map(writer.write, recorded.events):
            texts += [t for t in (frame.locals, frame.source, frame.value) if t]
        yield from texts
        owed += LIBRARY_SHARE * sum(map(len, texts))
        while owed > 0:
            text = next(library)
            owed -= len(text)
            yield text


def describe(tokenizer: Tokenizer) -> str:
    """A few words on the vocabulary: the longest tokens of each sort."""
    words = Counter(len(t) for t in tokenizer.get_vocab() if t.isalpha() and t.isascii())
    return f"letters by length: {dict(sorted(words.items()))}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the pocket model's tokenizer.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--programs", type=int, default=30_000)
    parser.add_argument("--vocabulary", type=int, default=VOCABULARY, help="ids in all")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The order of sets in traces depends on it, and it counts at the start only.
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "training.tokenizer", *sys.argv[1:]])  # noqa: S606  # this very program
    tokenizer = train(sample(options.programs, options.seed), options.vocabulary)
    save(tokenizer, options.out)
    sys.stdout.write(f"{options.out}: {describe(tokenizer)}\n")


if __name__ == "__main__":
    main()
