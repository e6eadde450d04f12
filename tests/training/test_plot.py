import xml.etree.ElementTree as ET

import pytest

from training.plot import picture


def a_log() -> list[dict[str, object]]:
    train = [
        {"kind": "train", "tokens": n * 10, "lr": 1.0, "loss": {"frames": 2.0 / (n + 1)}}
        for n in range(5)
    ]
    return [*train, {"kind": "heldout", "tokens": 40, "loss": {"all": {"frames": 0.5}}}]


def test_the_curves_are_a_picture_with_a_name_for_each() -> None:
    text = picture([("run <1>", a_log())])
    root = ET.fromstring(text)  # noqa: S314 - our own output
    words = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "run <1>: frames" in words
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 1


def test_a_log_without_training_is_refused() -> None:
    with pytest.raises(ValueError, match="no training"):
        picture([("empty", [])])
