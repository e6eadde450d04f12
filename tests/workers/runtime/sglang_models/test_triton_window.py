"""Which number SGLang's Triton backend takes for a window, read from its source."""

from __future__ import annotations

import pytest

from workers.runtime.sglang_models.triton_window import UnknownWindowError, one_short

#: As much of `triton_backend.py` as the number passes through, in 0.5.17's words.
KNOWN = '''
class TritonAttnBackend:
    def __init__(self, model_runner):
        self.sliding_window_size = model_runner.sliding_window_size

    def _update_decode_kv_buffers(self, bs, seq_lens):
        return update_sliding_window_buffer(
            self.window_kv_indptr, self.sliding_window_size, seq_lens, bs,
            window_kv_indices=self.cuda_graph_window_kv_indices,
        )

    def init_forward_metadata(self, batch):
        if batch.is_decode:
            update_sliding_window_buffer(
                self.window_kv_indptr, self.sliding_window_size, batch.seq_lens, batch.bs
            )
        else:
            update_sliding_window_buffer(
                self.window_kv_indptr, self.sliding_window_size, batch.prefix_lens, batch.bs
            )


def update_sliding_window_buffer(indptr, sliding_window_size, seq_lens, bs):
    """Fill the buffers."""
    window_kv_lens = torch.minimum(
        seq_lens,
        torch.tensor(sliding_window_size),
    )
    return window_kv_lens
'''
HANDED = "self.sliding_window_size, batch.seq_lens, batch.bs"
GATHERED = "torch.tensor(sliding_window_size)"


def test_the_known_backend_is_one_token_short() -> None:
    assert one_short(KNOWN)


@pytest.mark.parametrize(
    ("words", "others"),
    [
        (HANDED, "self.sliding_window_size + 1, batch.seq_lens, batch.bs"),
        (HANDED, HANDED + ", include_current_token=True"),
    ],
)
def test_a_decode_step_that_counts_the_current_token_needs_nothing(words: str, others: str) -> None:
    assert not one_short(KNOWN.replace(words, others))


@pytest.mark.parametrize(
    ("words", "others"),
    [
        (GATHERED, "torch.tensor(sliding_window_size + 1)"),
        ("= model_runner.sliding_window_size", "= model_runner.sliding_window_size + 1"),
        (HANDED, "self.decode_window, batch.seq_lens, batch.bs"),
        (HANDED, HANDED + ", include_current_token=self.counts"),
        ("update_sliding_window_buffer", "fill_window"),
        ("window_kv_lens =", "lens ="),
        ("class", "klass"),
    ],
)
def test_a_backend_that_is_not_known_is_refused_with_a_way_out(words: str, others: str) -> None:
    with pytest.raises(UnknownWindowError, match="--attention-backend fa3 or flashinfer"):
        one_short(KNOWN.replace(words, others))
