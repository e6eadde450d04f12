import numpy as np

from training.packing import PADDING, Document, cut_document, pack, split_documents

BEGIN, SEP = 1, 9


def a_document(size: int, *, seps: tuple[int, ...] = ()) -> Document:
    tokens = np.full(size, 5, np.uint16)
    tokens[0] = BEGIN
    tokens[list(seps)] = SEP
    return Document(tokens, np.full(size, 2, np.uint8))


def test_a_shard_is_split_where_documents_begin() -> None:
    tokens = np.array([7, BEGIN, 5, 5, BEGIN, 6], np.uint16)
    documents = split_documents(tokens, np.arange(6, dtype=np.uint8), BEGIN, ["one", "two"])
    assert [d.tokens.tolist() for d in documents] == [[BEGIN, 5, 5], [BEGIN, 6]]
    assert [d.classes.tolist() for d in documents] == [[1, 2, 3], [4, 5]]
    assert [d.kind for d in documents] == ["one", "two"]


def test_kinds_that_do_not_fit_the_documents_are_not_believed() -> None:
    tokens = np.array([BEGIN, 5, BEGIN], np.uint16)
    documents = split_documents(tokens, np.zeros(3, np.uint8), BEGIN, ["one"])
    assert [d.kind for d in documents] == ["", ""]


def test_a_long_document_is_cut_after_its_last_whole_frame() -> None:
    document = a_document(50, seps=(10, 18, 30))
    assert len(cut_document(document, 25, SEP).tokens) == 19
    assert cut_document(document, 50, SEP) is document


def test_a_long_document_without_frames_is_cut_where_the_row_ends() -> None:
    assert len(cut_document(a_document(50, seps=(10,)), 25, SEP).tokens) == 25


def test_documents_are_whole_in_rows_and_leave_little_room() -> None:
    sizes = [30, 25, 20, 10, 5, 4, 3, 2, 1]
    rows = pack([a_document(size) for size in sizes], 34, SEP)
    assert len(rows) == 3
    assert int((rows.tokens == BEGIN).sum()) == len(sizes)
    found = [
        int((row == number).sum()) for row in rows.documents for number in range(row.max() + 1)
    ]
    assert sorted(found) == sorted(sizes)


def test_padding_and_first_tokens_teach_nothing() -> None:
    rows = pack([a_document(4), a_document(3)], 10, SEP)
    assert rows.classes.tolist() == [[0, 2, 2, 2, 0, 2, 2, 0, 0, 0]]
    assert rows.documents.tolist() == [[0, 0, 0, 0, 1, 1, 1, PADDING, PADDING, PADDING]]
