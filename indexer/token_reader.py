"""A text's token vectors with its own vector, in one run of a loaded model; knows no guard and no listing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from indexer.late import Array, unit_rows


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens in order: vectors, shape (tokens, dimension), and where each stands in the text.

    `whole` is the unit vector of the text itself.
    """

    vectors: Array
    spans: tuple[tuple[int, int], ...]
    whole: Array


def read_batch(model: Any, texts: Sequence[str]) -> list[Tokens]:
    """Give each text's tokens without the model's own marks; what lies beyond the model's reach is left out."""
    import torch  # noqa: PLC0415  seconds to import: only who embeds pays

    coded = model.tokenizer(
        list(texts),
        padding=True,
        truncation=True,
        max_length=model.max_seq_length,
        return_tensors="pt",
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
    )
    spans, marks = coded.pop("offset_mapping").numpy(), coded.pop("special_tokens_mask").numpy()
    with torch.inference_mode():
        out = model(dict(coded))
    hidden, whole = out["token_embeddings"].numpy(), unit_rows(out["sentence_embedding"].numpy())
    kept = [marks[row] == 0 for row in range(len(texts))]
    return [
        Tokens(
            np.asarray(hidden[row][mask], np.float32), tuple(map(tuple, spans[row][mask].tolist())), whole[row].copy()
        )
        for row, mask in enumerate(kept)
    ]
