"""Rollouts: some answers of a policy to every prompt, drawn as TRL draws them in training.

So what they say of a prompt is what training on it would meet.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from photocast._optional import require
from photocast.models.local.quiet import quiet
from photocast.training.collator import DialogueCollator
from photocast.training.grpo.keyed import Keyed, KeyedLines
from photocast.training.grpo.policy import Policy
from photocast.training.grpo.prompts import Prompts
from photocast.training.recipe import GrpoTable
from photocast.training.told import Told

_VERSION = 1
"""Raised when the same policy would be asked otherwise than before."""


class Rollout(Keyed):
    """The answers of a policy to one prompt."""

    texts: tuple[str, ...]
    tokens: tuple[int, ...]
    """Of each answer, with the one that ends it."""
    ended: tuple[bool, ...]
    """Whether each came to its own end; the others were cut off."""


@dataclass(frozen=True)
class Sampling:
    """How answers are drawn.

    Attributes:
        answers: to each prompt.
        temperature: that scores of tokens are divided by; nothing else is changed about them.
        max_tokens: of an answer.
        seed: of everything that is drawn.
        at_once: prompts that are answered together.
    """

    answers: int
    temperature: float
    max_tokens: int
    seed: int
    at_once: int

    @classmethod
    def of(cls, table: GrpoTable, *, seed: int, batch: int) -> "Sampling":
        """As a recipe says; as many answers at once as in a step of training, which fit into memory there as well."""
        answers = table.partition.rollouts
        return cls(answers, table.temperature, table.max_tokens, seed, max(1, batch // answers))


def key_of(policy: str, prompts: Prompts, sampling: Sampling) -> str:
    """What answers depend on: the weights of the policy, by their fingerprint; the prompts; and how they are drawn."""
    parts = [_VERSION, policy, prompts.fingerprint, prompts.ids, asdict(sampling)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def roll_out(
    policy: Policy, dataset: Path, prompts: Prompts, sampling: Sampling, lines: KeyedLines[Rollout], told: Told
) -> None:
    """Draw the answers that are not there yet; they are on the disk as soon as those drawn with them are.

    Prompts are answered in groups that are always the same, each from a seed of its own: a run that was stopped ends
    with the same answers as one that was not.

    Args:
        policy: who answers.
        dataset: its folder.
        prompts: the split.
        sampling: how.
        lines: where answers are kept.
        told: hears of progress.
    """
    there = lines.read()
    collator = DialogueCollator(policy.base.processor, policy.base.fit, dataset)
    every = range(len(prompts.ids))
    for group in (every[at : at + sampling.at_once] for at in range(0, len(every), sampling.at_once)):
        if any(prompts.ids[number] not in there for number in group):
            found = _answers(policy, collator, prompts, group, sampling, lines.key)
            lines.add(one for one in found if one.id not in there)
        told.stages(f"answering {prompts.split}", group[-1] + 1, len(every))


def drawn_as(policy: Policy, temperature: float) -> dict[str, Any]:
    """What `generate` is told, here and by TRL: but for the temperature, nothing changes what the policy would say."""
    return {
        "do_sample": True,
        "temperature": temperature,
        "top_k": 0,
        "top_p": 1.0,
        "repetition_penalty": 1.0,
        "suppress_tokens": list(policy.forbidden),
        "eos_token_id": list(policy.ends),
        "pad_token_id": policy.base.processor.tokenizer.pad_token_id,
    }


def _answers(
    policy: Policy, collator: DialogueCollator, prompts: Prompts, group: range, sampling: Sampling, key: str
) -> list[Rollout]:
    import torch

    settings = require("transformers", extra="train", purpose="GRPO").GenerationConfig(
        max_new_tokens=sampling.max_tokens,
        num_return_sequences=sampling.answers,
        **drawn_as(policy, sampling.temperature),
    )
    device = next(policy.model.parameters()).device
    asked = collator.asked([prompts.rows[number] for number in group])
    asked = asked.to(device, dtype=policy.model.dtype)  # the dtype is that of the pictures alone
    with quiet(), torch.no_grad(), _seeded(f"{key} {sampling.seed} {group[0]}", policy.model):
        said = policy.model.generate(**asked, generation_config=settings)
    answers = [_until(answer, policy.ends) for answer in said[:, asked["input_ids"].shape[1] :].tolist()]
    texts = policy.base.processor.tokenizer.batch_decode(answers, skip_special_tokens=True)
    found = []
    for at, number in enumerate(group):
        own = slice(at * sampling.answers, (at + 1) * sampling.answers)
        found.append(
            Rollout(
                id=prompts.ids[number],
                key=key,
                texts=tuple(texts[own]),
                tokens=tuple(len(answer) for answer in answers[own]),
                ended=tuple(answer[-1] in policy.ends for answer in answers[own]),
            )
        )
    return found


def _until(answer: list[int], ends: tuple[int, ...]) -> list[int]:
    """An answer up to the first token that ends it."""
    return answer[: next((at + 1 for at, token in enumerate(answer) if token in ends), len(answer))]


@contextmanager
def _seeded(seed: str, model: Any) -> Iterator[None]:
    """A pause from learning, with chance of its own."""
    import torch

    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:7], "big")
    learning = model.training
    with torch.random.fork_rng():
        torch.manual_seed(number)
        model.eval()
        try:
            yield
        finally:
            model.train(learning)
