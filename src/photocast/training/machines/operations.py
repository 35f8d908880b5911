"""Floating-point operations of a training: a multiplication and an addition are two."""

from photocast.training.machines.load import Load
from photocast.training.machines.shapes import Decoder, Encoder, Shape
from photocast.training.recipe import Recipe


def operations_of_step(recipe: Recipe, shape: Shape, load: Load) -> float:
    """Of one step of the optimiser on all devices together.

    Every sample is taken to be as long as the mean: of attention, which grows with the square, a few per cent are lost.
    """
    tokens, seen = load.tokens, load.pictures * shape.encoder.patches
    a_picture = seen / load.shown if load.shown else 0
    again = 1 if recipe.optimisation.checkpointing else 0
    judged = 1 if recipe.grpo else 0  # the policy that the stage began with reads every answer as well
    sample = learning(recipe, shape.decoder, tokens, again=again + judged)
    sample += scoring(shape.decoder, load.answer, again=judged)
    sample += looking(shape.encoder, seen, a_picture) * (1 + judged)
    return recipe.batch.size * sample


def learning(recipe: Recipe, decoder: Decoder, tokens: float, *, again: int) -> float:
    """Of the decoder's layers for a sample: forward, backward, and forward again as often as is said.

    A matrix of n weights costs 2n a token forward and 2n backward for the gradient of what went in; 2n more for the
    gradient of the weights only where they are trained (arXiv:2001.08361, section 2.1, with the frozen third left out).
    Attention costs 4 · tokens² · width a layer forward without its mask, half of it with, and twice that backward
    whatever is trained.
    """
    passes = 1 + 1 + again
    frozen = 2 * decoder.matrices * tokens * passes
    own = decoder.matrices
    if recipe.lora is not None:
        own = decoder.adapter(recipe.lora.rank, recipe.lora.targets)
        frozen += 2 * own * tokens * passes
    weights = 2 * own * tokens
    attention = 2 * tokens**2 * decoder.heads * decoder.head * decoder.layers * (1 + 2 + again)
    return frozen + weights + attention


def scoring(decoder: Decoder, answer: float, *, again: int) -> float:
    """Of the head, which scores the answer's tokens alone: forward, and backward to what went in, for it never learns.

    It is not part of what checkpointing works out again.
    """
    return 2 * decoder.embeddings * answer * (2 + again)


def looking(encoder: Encoder, patches: float, a_picture: float) -> float:
    """Of the vision encoder for a sample: forward only, for it is never trained, and no gradient goes through it.

    Args:
        encoder: what sees.
        patches: of all pictures.
        a_picture: patches of one picture, which attend to each other and to no other picture's.
    """
    blocks = 2 * encoder.blocks * patches + 2 * encoder.mergers * patches / encoder.patches
    return blocks + 4 * patches * a_picture * encoder.hidden * encoder.layers
