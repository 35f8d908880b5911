"""A recipe: everything that a training depends on beside its data, in one YAML file, checked before anything begins."""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from photocast._optional import require
from photocast.schema import ConfigError, UsageError
from photocast.schema.record import Record

Method = Literal["sft", "grpo"]


class Needs(Record):
    """What a machine has to have, and where that is known from."""

    gpus: int = Field(ge=0)
    gpu_memory_gb: float = Field(default=0, ge=0)
    """Of each, in 10⁹ bytes."""
    hours: float | None = Field(default=None, gt=0)
    how: Literal["measured", "stated", "estimated"]
    """`stated`: by the authors of the paper. `estimated`: see docs/performance.md for the arithmetic."""
    note: str = ""

    @property
    def in_words(self) -> str:
        """Such as `8 GPUs of 80 GB, about 11 hours (stated: by the paper)`."""
        count = f"{self.gpus} GPU{'s' if self.gpus > 1 else ''}" if self.gpus else "no GPU"
        memory = f" of {self.gpu_memory_gb:g} GB" if self.gpus else ""
        lasting = f", about {_lasting(self.hours)}" if self.hours else ""
        return f"{count}{memory}{lasting} ({self.how}{f': {self.note}' if self.note else ''})"


class ModelTable(Record):
    """What is trained."""

    base: str
    """A repository of the Hugging Face hub, a folder, or `tiny:FAMILY`, a random model that is built on the spot."""
    dtype: Literal["bfloat16", "float16", "float32"] = "bfloat16"
    """On a machine without bfloat16 it becomes float32, and the run says so."""
    quantize: Literal["4bit"] | None = None
    """Weights of the base in 4 bits, through bitsandbytes (QLoRA)."""
    attention: Literal["sdpa", "eager", "flash_attention_2"] = "sdpa"


class DataTable(Record):
    """Which samples, and how long they may be."""

    train: str = "train"
    validation: str = "validation"
    """Split that is never trained on; empty for none."""
    max_length: int = Field(default=8192, ge=64)
    """Tokens of a sample with its pictures."""
    too_long: Literal["stop", "leave out"] = "stop"
    workers: int = Field(default=4, ge=0)


class ImageTable(Record):
    """How large pictures are: in training, and afterwards."""

    tokens: int = Field(default=441, ge=4)
    """That a picture may cost at most; 441 are 451,584 pixels for Qwen3-VL."""
    least_pixels: int | None = Field(default=None, ge=784)
    """Smaller pictures are enlarged to this; the processor's own by default."""


class LoraTable(Record):
    """The adapter: low-rank changes of the language model's projections."""

    rank: int = Field(default=16, ge=1)
    alpha: int = Field(default=32, ge=1)
    dropout: float = Field(default=0.05, ge=0, lt=1)
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
    """Names of projections; only those of the language model's decoder are meant, never the vision tower's."""


class OptimisationTable(Record):
    """How weights are changed."""

    optimiser: Literal["adamw_torch", "adamw_torch_fused", "paged_adamw_8bit"] = "adamw_torch"
    learning_rate: float = Field(gt=0)
    schedule: Literal["cosine", "linear", "constant_with_warmup"] = "cosine"
    warmup: float = Field(default=0.1, ge=0, lt=1)
    """Share of the steps."""
    weight_decay: float = Field(default=0.1, ge=0)
    max_grad_norm: float = Field(default=0.3, gt=0)
    neftune_alpha: float | None = Field(default=None, gt=0)
    """Noise on the embeddings of words (arXiv:2310.05914); how much reaches them is reported."""
    epochs: float = Field(default=1, gt=0)
    max_steps: int | None = Field(default=None, ge=1)
    """In the place of `epochs`."""
    checkpointing: bool = True
    """Activations are worked out again in the backward pass instead of kept."""
    seed: int = 42


class BatchTable(Record):
    """Samples of one step: `per_device * accumulation * devices`, kept whatever the number of devices."""

    per_device: int = Field(default=1, ge=1)
    accumulation: int = Field(default=4, ge=1)
    devices: int = Field(default=1, ge=1)

    @property
    def size(self) -> int:
        """Samples of one step of the optimiser."""
        return self.per_device * self.accumulation * self.devices

    def accumulation_on(self, processes: int) -> int:
        """Passes before a step, on so many processes.

        Raises:
            UsageError: the batch cannot be dealt out evenly.
        """
        passes, left = divmod(self.size, self.per_device * processes)
        if left or not passes:
            raise UsageError(
                f"a batch of {self.size} samples cannot be made by {processes} processes",
                f"{self.size} is no multiple of {processes} times {self.per_device}, which each takes at a time",
                "Use another number of processes, or --set batch.per_device=… or batch.accumulation=…",
            )
        return passes


class WatchTable(Record):
    """What is written down on the way. Steps are of the optimiser."""

    log_every: int = Field(default=1, ge=1)
    save_every: int = Field(default=62, ge=1)
    validate_every: int = Field(default=62, ge=1)
    samples_every: int = Field(default=62, ge=1)
    samples: int = Field(default=2, ge=0)
    """Talks that the model writes each time, for the first pictures of the validation split."""
    keep: int | None = Field(default=None, ge=1)
    """Checkpoints; all by default."""
    loop_rep_4: float = Field(default=0.2, gt=0, le=1)
    """Share of repeated 4-grams in a talk from which on it counts as a loop, and a warning is given."""


class GenerationTable(Record):
    """How the model is asked, on the way and afterwards."""

    temperature: float = Field(default=0.7, ge=0)
    top_p: float = Field(default=0.8, gt=0, le=1)
    max_tokens: int = Field(default=2048, ge=1)


class StageTable(Record):
    """A stage of GRPO."""

    name: str = Field(pattern=r"^\w[\w-]*$")
    """Its folder is called that."""
    prompts: Literal["easy", "hard", "all"]
    rewards: dict[str, float] = Field(min_length=1)
    """Weights by name of the reward."""
    learning_rate: float | None = Field(default=None, gt=0)
    """By default that of `optimisation`; so are the two below."""
    epochs: float | None = Field(default=None, gt=0)
    max_steps: int | None = Field(default=None, ge=1)
    beta: float = Field(default=0.04, ge=0)
    """Of the KL divergence from the policy that the stage began with."""


class PartitionTable(Record):
    """How prompts are dealt to the stages by what the policy makes of them before: a reconstruction."""

    rollouts: int = Field(default=8, ge=2)
    easy_share: float = Field(default=2 / 3, gt=0, lt=1)
    """Of the prompts that are kept; the rest is hard."""
    least_deviation: float = Field(default=0.01, ge=0)
    """Standard deviation of the rewards below which a prompt teaches nothing, and is dropped."""
    hard_strata: tuple[str, ...] = ()
    """Strata that are hard whatever their reward."""


class GrpoTable(Record):
    """Group-relative policy optimisation (arXiv:2402.03300)."""

    start: str = ""
    """Folder of the adapter to begin with, as supervised training leaves it; none by default."""
    group: int = Field(default=8, ge=2)
    temperature: float = Field(default=1.0, gt=0)
    loss: Literal["grpo", "dapo", "dr_grpo"] = "grpo"
    scale: Literal["group", "batch", "none"] = "group"
    max_tokens: int = Field(default=2048, ge=1)
    reference: str = ""
    """A human reference of photocast's for the shape of talk; by default the one that fits the number of speakers."""
    limit: int = Field(default=2048, ge=1)
    """Tokens up to which the reward `length_limit` is full; at twice as many it is 0."""
    partition: PartitionTable = PartitionTable()
    rescore: bool = True
    """Whether rewards are worked out again between the stages."""
    stages: tuple[StageTable, ...] = Field(min_length=1)


class StoryTable(Record):
    """The tasks of Lin & Chen (arXiv:2407.02586) and how often each is asked; shares are of all samples."""

    caption: float = Field(default=0.2, ge=0)
    continuation: float = Field(default=0.2, ge=0)
    generation: float = Field(default=0.3, ge=0)
    emotion: float = Field(default=0.15, ge=0)
    consistency: float = Field(default=0.15, ge=0)


class Recipe(Record):
    """A training, by its values."""

    name: str
    about: str
    """One sentence for a list."""
    source: str
    """Where the values come from; `reconstruction` where nobody published them."""
    method: Method
    needs: Needs
    model: ModelTable
    data: DataTable = DataTable()
    images: ImageTable = ImageTable()
    lora: LoraTable | None = LoraTable()
    """None trains all of the language model; the vision encoder is never trained."""
    optimisation: OptimisationTable
    batch: BatchTable
    strategy: Literal["ddp", "fsdp2", "zero3"] = "ddp"
    """How several devices share the work."""
    watch: WatchTable = WatchTable()
    generation: GenerationTable = GenerationTable()
    grpo: GrpoTable | None = None
    story: StoryTable | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.method == "grpo" and self.grpo is None:
            raise ValueError("a recipe with `method: grpo` needs a table `grpo` with its stages")
        if self.method == "sft" and self.grpo is not None:
            raise ValueError("a recipe with `method: sft` has no table `grpo`")
        if self.model.quantize and self.lora is None:
            raise ValueError("weights in 4 bits cannot be trained themselves: `model.quantize` needs a table `lora`")
        return self


def recipe_names() -> tuple[str, ...]:
    """Names of the recipes that photocast brings."""
    there = files("photocast.training").joinpath("recipes").iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in there if file.name.endswith(".yaml")))


def read_recipe(name: str, settings: Iterable[str] = ()) -> Recipe:
    """A recipe of ours by its name, or one's own by its path.

    Args:
        name: such as `sporc-vist-8b-1gpu` or `mine.yaml`.
        settings: changes, such as `optimisation.learning_rate=1e-5`; values are YAML.

    Raises:
        UsageError: there is no such recipe, or a change names nothing.
        ConfigError: it is not YAML, or a value cannot be meant.
    """
    said = _yaml(_text(name), name)
    if not isinstance(said, dict):
        raise ConfigError(
            f"the recipe {name} cannot be used", "it holds no tables", "See docs/training.md for the form"
        )
    for setting in settings:
        _change(said, setting)
    try:
        return Recipe.model_validate(said)
    except ValidationError as error:
        raise _faulty(name, error) from error


def recipe_text(recipe: Recipe) -> str:
    """The recipe as YAML, with every value that was filled in."""
    yaml = require("yaml", extra="train", purpose="a recipe")
    text: str = yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=120)
    return text


def _lasting(hours: float) -> str:
    count, unit = (f"{hours:.2g}", "hour") if hours >= 1 else (f"{60 * hours:.0f}", "minute")
    return f"{count} {unit}{'' if count == '1' else 's'}"


def _text(name: str) -> str:
    path = Path(name)
    if name in recipe_names():
        return files("photocast.training").joinpath("recipes", f"{name}.yaml").read_text("utf-8")
    if path.suffix in {".yaml", ".yml"}:
        try:
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or "it is not text in UTF-8"
            raise UsageError(f"the recipe {name} cannot be read", why, "Name a file that is there") from error
    known = ", ".join(recipe_names())
    raise UsageError(
        f"there is no recipe {name!r}",
        f"photocast brings these: {known}",
        "Name one of them, or a file that ends in .yaml",
    )


def _yaml(text: str, name: str) -> Any:
    yaml = require("yaml", extra="train", purpose="a recipe")
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        why = f"line {where.line + 1}: {getattr(error, 'problem', error)}" if where else str(error)
        raise ConfigError(f"the recipe {name} cannot be read", why, "Correct the YAML") from error


def _change(said: dict[str, Any], setting: str) -> None:
    path, equals, value = setting.partition("=")
    if not equals or not path:
        raise UsageError(
            f"--set {setting} cannot be read", "it has no `=`", "Write it as optimisation.learning_rate=1e-5"
        )
    *tables, last = path.split(".")
    inside: Any = said
    for table in tables:
        inside = inside.setdefault(table, {}) if isinstance(inside, dict) else None
    if not isinstance(inside, dict):
        raise UsageError(
            f"--set {setting} cannot be followed", f"{path} lies in no table", "See `photocast train recipes`"
        )
    inside[last] = _number(_yaml(value, f"--set {setting}")) if value else ""


def _number(value: Any) -> Any:
    """YAML 1.1 takes `1e-5`, without a point, for a text."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _faulty(name: str, error: ValidationError) -> ConfigError:
    faults = [f"{'.'.join(map(str, fault['loc'])) or 'recipe'}: {_reason(fault)}" for fault in error.errors()]
    shown = "; ".join(faults[:3]) + (f"; and {len(faults) - 3} more" if len(faults) > 3 else "")
    return ConfigError(
        f"the recipe {name} cannot be used", shown, "Correct it; `photocast train recipes` shows the form"
    )


def _reason(fault: Mapping[str, Any]) -> str:
    message = str(fault["msg"]).removeprefix("Value error, ")
    return "there is no such value in a recipe" if fault["type"] == "extra_forbidden" else message
