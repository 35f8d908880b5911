"""Drawing an answer token by token, exactly as the request says, and handing it on as whole letters."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any

from photocast.models.local.installed import library
from photocast.models.local.load import Loaded
from photocast.models.local.prompt import Question
from photocast.models.local.quiet import quiet
from photocast.models.local.thoughts import Spoken
from photocast.models.local.worker import Stopped
from photocast.models.vision import LAST_TOKENS, Finish, Sampling, Token

_UNFINISHED = "\ufffd"
"""What a decoder writes for a letter of which not all bytes have come."""


@dataclass(frozen=True)
class Drawn:
    """How an answer came to its end."""

    finish: Finish
    tokens: int
    logprobs: tuple[Token, ...] = ()
    """The last tokens with their probabilities, if these were asked for."""


def generate(loaded: Loaded, question: Question, sampling: Sampling, told: Callable[[str], None], stop: Event) -> Drawn:
    """Answer a question; the same question with the same seed gets the same answer on the same machine.

    What a model thinks before it answers is drawn and counted, and not told.

    Args:
        loaded: the model.
        question: as `prepare` makes it.
        sampling: how each token is drawn.
        told: is called with every piece of the answer.
        stop: when it is set, generation ends within one layer of the model.

    Raises:
        Stopped: `stop` was set.
    """
    spoken = Spoken(told, thinking=question.thinking)
    pieces = Pieces(loaded.processor.tokenizer, spoken.hear)
    inputs = question.inputs.to(loaded.device, dtype=loaded.model.dtype)  # the dtype is that of the photos alone
    likely = Likely(sampling.logprobs)
    more = {"logits_processor": [likely]} if sampling.logprobs else {}
    with quiet(), _seeded(sampling.seed, loaded.device), _stoppable(loaded.model, stop):
        loaded.model.generate(**inputs, generation_config=_settings(loaded, sampling), streamer=pieces, **more)
    pieces.finish()
    spoken.finish()
    full = len(pieces.tokens) >= sampling.max_tokens and pieces.tokens[-1] not in loaded.ends
    finish = Finish.LENGTH if full else Finish.DONE
    return Drawn(finish, len(pieces.tokens), likely.tokens(pieces.tokens, loaded.processor.tokenizer))


def _settings(loaded: Loaded, sampling: Sampling) -> Any:
    """The sampling, and all that could change it: what is left out, `generate` fills in with wishes of its own."""
    drawn = sampling.temperature > 0
    return library("transformers").GenerationConfig(
        max_new_tokens=sampling.max_tokens,
        do_sample=drawn,
        temperature=sampling.temperature if drawn else None,
        top_p=sampling.top_p if drawn else None,
        top_k=0 if drawn else None,
        repetition_penalty=1.0,
        no_repeat_ngram_size=0,
        num_beams=1,
        use_cache=True,
        eos_token_id=list(loaded.ends),
    )


class Likely:
    """Notes of the last places of an answer which tokens are the likeliest, before the sampling changes anything.

    Args:
        most: tokens that are noted at a place.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._last: deque[tuple[list[int], list[float]]] = deque(maxlen=LAST_TOKENS)

    def __call__(self, _: Any, scores: Any) -> Any:
        """Called by `generate` with the scores (1, words) of the next token, which stay as they are."""
        found = scores[0].float().log_softmax(-1).topk(min(self._most, scores.shape[-1]))
        self._last.append((found.indices.tolist(), found.values.tolist()))
        return scores

    def tokens(self, drawn: list[int], tokenizer: Any) -> tuple[Token, ...]:
        """What was drawn at the last places, and what could have been."""

        def written(token: int) -> str:
            return str(tokenizer.decode([token], skip_special_tokens=True, clean_up_tokenization_spaces=False))

        return tuple(
            Token(written(token), tuple((written(one), logprob) for one, logprob in zip(*top, strict=True)))
            for token, top in zip(drawn[len(drawn) - len(self._last) :], self._last, strict=True)
        )


class Pieces:
    """Takes tokens from `generate` as its streamer, and hands on text as soon as it cannot change any more.

    A letter may take several tokens, and how a token is written may depend on the one before. So the last tokens that
    made whole letters are decoded along with the new ones, and what is new is the difference.
    """

    def __init__(self, tokenizer: Any, told: Callable[[str], None]) -> None:
        self._tokenizer, self._told = tokenizer, told
        self.tokens: list[int] = []
        self._context = self._done = 0
        """Where the tokens begin that are decoded along, and where those begin that were not handed on."""
        self._asked = False

    def put(self, value: Any) -> None:
        """The question first, then each token of the answer."""
        if not self._asked:
            self._asked = True
            return
        self.tokens.extend(value.flatten().tolist())
        self._hand_on(final=False)

    def end(self) -> None:
        """Called by `generate`; what is left is handed on by `finish`."""

    def finish(self) -> None:
        """Hand on what is left, also if the answer broke off within a letter."""
        self._hand_on(final=True)

    def _hand_on(self, *, final: bool) -> None:
        known = self._decode(self.tokens[self._context : self._done])
        text = self._decode(self.tokens[self._context :])
        if len(text) <= len(known) or (text.endswith(_UNFINISHED) and not final):
            return
        self._told(text[len(known) :])
        self._context, self._done = self._done, len(self.tokens)

    def _decode(self, tokens: list[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))


@contextmanager
def _seeded(seed: int | None, device: str) -> Iterator[None]:
    """Draw from the seed within the block, and leave the caller's own random numbers as they were."""
    import torch

    if seed is None:
        yield
        return
    with torch.random.fork_rng([device] if device.startswith("cuda") else []):
        torch.manual_seed(seed)
        yield


@contextmanager
def _stoppable(model: Any, stop: Event) -> Iterator[None]:
    """Look before every layer whether anyone still wants the answer.

    Between two tokens would be too seldom: reading a question with many photos is one step, and takes minutes on a
    processor.
    """
    from torch import nn

    def look(*_: Any) -> None:
        if stop.is_set():
            raise Stopped

    layers = [layer for part in model.modules() if isinstance(part, nn.ModuleList) for layer in part]
    hooks = [layer.register_forward_pre_hook(look) for layer in (model, *layers)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
