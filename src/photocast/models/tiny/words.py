"""The words of tiny models: a tokenizer trained on the spot, and chat templates as small as they can be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

CORPUS = (
    "Two friends look through an album and talk about what they see in it, and about what they remember.",
    "Look at the light on the water. Who is that, with the dog? I think it was the last day of the summer.",
    "Mara: Wait, were you there? Jonas: I was, and I had forgotten how cold it was. Speaker 1: Hm. Speaker 2: Yeah.",
    "Write a conversation about these photos. Every line begins with the name of the speaker and a colon.",
)
VOCABULARY = 600
"""Tokens at most, besides the special ones; 256 of them are single bytes, so that any text can be written."""


@dataclass(frozen=True)
class Words:
    """How the models of a family mark up a chat."""

    template: str
    special: tuple[str, ...]
    """Special tokens, in the order of their ids from 0."""
    end: str
    """The token that ends an answer."""
    pad: str
    begin: str | None = None
    named: Mapping[str, str] = field(default_factory=dict)
    """Tokens that the family's processor asks its tokenizer for by name."""


def _chat(turn: str, image: str, end: str, answer: str, start: str = "") -> str:
    """A chat template that writes every part of every message in its place."""
    parts = (
        f"{{% for part in message.content %}}{{{{ {image!r} if part.type == 'image' else part.text }}}}{{% endfor %}}"
    )
    messages = f"{{% for message in messages %}}{turn}{parts}{end}{{% endfor %}}"
    return f"{start}{messages}{{% if add_generation_prompt %}}{answer}{{% endif %}}"


def _tokens(*lists: str) -> tuple[str, ...]:
    return tuple(" ".join(lists).split())


_CHATML = ("<|im_start|>{{ message.role }}\n", "<|im_end|>\n", "<|im_start|>assistant\n")
_ROWS = tuple(f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7))
_TILES = ("<global-img>", "<video>", *_ROWS)
_GEMMA_TURN = "<start_of_turn>{{ 'model' if message.role == 'assistant' else message.role }}\n"

QWEN = Words(
    template=_chat(_CHATML[0], "<|vision_start|><|image_pad|><|vision_end|>", *_CHATML[1:]),
    special=_tokens(
        "<|endoftext|> <|im_start|> <|im_end|> <|vision_start|> <|vision_end|> <|image_pad|> <|video_pad|>"
    ),
    end="<|im_end|>",
    pad="<|endoftext|>",
)
IDEFICS = Words(
    template=_chat(
        "{{ message.role | capitalize }}: ", "<image>", "<end_of_utterance>\n", "Assistant:", "<|im_start|>"
    ),
    special=_tokens("<|endoftext|> <|im_start|> <end_of_utterance> <fake_token_around_image> <image>", *_TILES),
    end="<end_of_utterance>",
    pad="<|endoftext|>",
)
INTERNVL = Words(
    template=_chat(_CHATML[0], "<IMG_CONTEXT>\n", *_CHATML[1:]),
    special=_tokens("<|endoftext|> <|im_start|> <|im_end|> <img> </img> <IMG_CONTEXT> <video>"),
    end="<|im_end|>",
    pad="<|endoftext|>",
    named={
        "start_image_token": "<img>",
        "end_image_token": "</img>",
        "context_image_token": "<IMG_CONTEXT>",
        "video_token": "<video>",
    },
)
GEMMA = Words(
    template=_chat(_GEMMA_TURN, "<start_of_image>", "<end_of_turn>\n", "<start_of_turn>model\n", "<bos>"),
    special=_tokens(
        "<pad> <eos> <bos> <start_of_turn> <end_of_turn> <start_of_image> <end_of_image> <image_soft_token>"
    ),
    end="<end_of_turn>",
    pad="<pad>",
    begin="<bos>",
    named={"boi_token": "<start_of_image>", "eoi_token": "<end_of_image>", "image_token": "<image_soft_token>"},
)
GEMMA4 = Words(
    template=_chat("<|turn>{{ message.role }}\n", "<|image|>", "<turn|>\n", "<|turn>model\n", "<bos>"),
    special=_tokens(
        "<pad> <eos> <bos> <|turn> <turn|>", "<|image> <image|> <|image|> <|audio> <audio|> <|audio|> <|video|>"
    ),
    end="<turn|>",
    pad="<pad>",
    begin="<bos>",
    named={
        **{"boi_token": "<|image>", "eoi_token": "<image|>", "image_token": "<|image|>"},
        **{"boa_token": "<|audio>", "eoa_token": "<audio|>", "audio_token": "<|audio|>"},
    },
)


def tokenizer(words: Words, pieces: Sequence[str] = ()) -> Any:
    """A byte-level tokenizer trained on `CORPUS`; `pieces` are further words that each make a single token."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    size = VOCABULARY + len(words.special)
    made.train_from_iterator(
        CORPUS,
        trainers.BpeTrainer(
            vocab_size=size, special_tokens=list(words.special), initial_alphabet=alphabet, show_progress=False
        ),
    )
    made.add_tokens([AddedToken(piece, normalized=False, special=False) for piece in pieces])
    transformers: Any = import_module("transformers")
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made,
        bos_token=words.begin,
        eos_token=words.end,
        pad_token=words.pad,
        extra_special_tokens=dict(words.named) or [token for token in words.special if token != words.pad],
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )


def pieces_of(text: str) -> tuple[str, ...]:
    """Cut a text into pieces of a few words of which none occurs twice, each with white space in it.

    The white space keeps the tokenizer's decoder from taking a piece for coded bytes.
    """
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    seen: set[str] = set()
    piece = ""
    for letter in text:
        piece += letter
        if letter.isspace() and piece.strip() and piece not in seen:
            seen.add(piece)
            yield piece
            piece = ""
    if piece:
        yield piece if any(map(str.isspace, piece)) else piece + "\n"
