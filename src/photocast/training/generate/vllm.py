"""The engine for thousands of albums: vLLM in this process, all questions of a part at once.

vLLM has its own wishes about torch and transformers, so it lives in an environment of its own, with photocast but
without what a training needs: docs/evaluating_a_training.md.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from photocast.models import Finish, Request
from photocast.models.local.chat import chat_of, end_of_turn, parts_of, template_settings
from photocast.models.local.kind import read_processor, read_settings
from photocast.models.local.memory import context_of
from photocast.models.local.photos import fit_to, read_photo
from photocast.models.local.place import fingerprint
from photocast.models.thoughts import without_thoughts
from photocast.schema import Fault, ModelError, UsageError
from photocast.training.generate.engine import Answer
from photocast.training.generate.sources import MOST_PHOTOS

_WORDS = 2048
"""Tokens that are kept free for the words of a question."""
_MARKS = 3
"""Tokens around a picture."""


class VllmEngine:
    """A model in a folder, merged, through `vllm.LLM.chat`; run with vLLM 0.32.

    Pictures are made small here, by the same rule as in training, and the chat template is the model's own.

    Args:
        folder: of the model.
        image_tokens: that a picture costs at most, as in its training.
        answer_tokens: that an answer has at most.
        gpus: over which the model is spread.

    Raises:
        UsageError: the folder holds an adapter.
        ModelError: vLLM is not installed, or it cannot load the model.
    """

    def __init__(self, folder: Path, *, image_tokens: int, answer_tokens: int, gpus: int = 1) -> None:
        if not (folder / "config.json").is_file():
            why = "vLLM is given whole models here"
            raise UsageError(f"{folder} is no whole model", why, "Make it one with photocast train merge")
        vllm = _vllm()
        self.name = f"vllm:{folder.name}@{fingerprint(folder, folder.iterdir())}?image_tokens={image_tokens}"
        self._processor = read_processor(folder, folder.name)
        self._fit = fit_to(self._processor, image_tokens)
        room = MOST_PHOTOS * (image_tokens + _MARKS) + _WORDS + answer_tokens
        known = context_of(read_settings(folder, folder.name))
        self._sampling = vllm.SamplingParams
        self._refusals = (ValueError, import_module("vllm.exceptions").VLLMClientError)
        self._model = vllm.LLM(
            model=str(folder),
            limit_mm_per_prompt={"image": MOST_PHOTOS},
            mm_processor_kwargs=self._fit.settings,
            max_model_len=room if known is None else min(room, known),
            tensor_parallel_size=gpus,
        )

    def generate(self, requests: Sequence[Request]) -> list[Answer]:
        """An answer to every request, in their order.

        vLLM refuses all of a batch for one question that is too long; then they are asked one by one.
        """
        try:
            return self._chat(requests)
        except self._refusals as error:
            if len(requests) == 1:
                return [Answer(error=str(error))]
            return [answer for request in requests for answer in self.generate([request])]

    def _chat(self, requests: Sequence[Request]) -> list[Answer]:
        settings = template_settings(self._processor)
        template = settings.pop("chat_template", None)
        outputs = self._model.chat(
            [self._messages(request) for request in requests],
            [self._drawn(request) for request in requests],
            use_tqdm=False,
            chat_template=template,
            chat_template_kwargs=settings or None,
        )
        return [_answer(output) for output in outputs]

    def _messages(self, request: Request) -> list[dict[str, Any]]:
        """The chat, with every picture in its place."""
        chat = chat_of(self._processor, request)
        places = [part for part in parts_of(chat) if part["type"] == "image"]
        for place, image in zip(places, request.images, strict=True):
            place["type"], place["image_pil"] = "image_pil", read_photo(image.path, self._fit)
        return chat

    def _drawn(self, request: Request) -> Any:
        sampling, end = request.sampling, end_of_turn(self._processor)
        return self._sampling(
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            top_k=0,
            max_tokens=sampling.max_tokens,
            seed=sampling.seed,
            stop_token_ids=[end] if end is not None else None,
        )


def _answer(output: Any) -> Answer:
    said = output.outputs[0]
    return Answer(
        text=without_thoughts(said.text),
        finish=(Finish.LENGTH if said.finish_reason == "length" else Finish.DONE).value,
        asked_tokens=len(output.prompt_token_ids),
        tokens=len(said.token_ids),
    )


def _vllm() -> Any:
    try:
        return import_module("vllm")
    except ModuleNotFoundError as error:
        raise ModelError(
            Fault.NOT_INSTALLED,
            "vllm is not installed",
            "this engine is made of it, and it needs an environment of its own",
            "See docs/evaluating_a_training.md, or use --engine transformers",
        ) from error
