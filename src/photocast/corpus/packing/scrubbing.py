"""Samples without personal data."""

from msgspec.structs import replace

from photocast.corpus.nouns import Origin, Verdict
from photocast.corpus.packing.samples import Sample, SampleScene, with_text
from photocast.corpus.scrub import Scrubber
from photocast.prompts import Prompts


def scrub_sample(sample: Sample, origin: Origin, prompts: Prompts, *, others: bool = False) -> Sample:
    """The sample without personal data in its talk, its scenes, its titles and what models said of it.

    Its `place` still tells where the words of the source lie.

    Args:
        sample: as the source has it.
        origin: knows the names of hosts and guests.
        prompts: for the instruction, which says how long the talk is.
        others: whether people who are introduced in the talk are replaced as well.
    """
    said = [turn.text for turn in sample.turns]
    scrubber = Scrubber([*origin.hosts, *origin.guests], sample.id, said, others=others)
    turns = tuple(replace(turn, text=scrubber(turn.text)) for turn in sample.turns)
    replaced = scrubber.replaced
    return replace(
        with_text(sample, turns, prompts),
        scenes=tuple(_scene(scene, scrubber) for scene in sample.scenes),
        origin=replace(
            sample.origin,
            title=scrubber(sample.origin.title),
            podcast_title=scrubber(sample.origin.podcast_title),
            url="",
        ),
        made=replace(
            sample.made,
            safety=_verdict(sample.made.safety, scrubber),
            quality=_verdict(sample.made.quality, scrubber),
        ),
        scrubbed=True,
        replaced=replaced,
    )


def _scene(scene: SampleScene, scrubber: Scrubber) -> SampleScene:
    return replace(
        scene,
        prompt=scrubber(scene.prompt),
        drawn=scrubber(scene.drawn),
        tries=tuple(map(scrubber, scene.tries)),
    )


def _verdict(verdict: Verdict, scrubber: Scrubber) -> Verdict:
    return replace(verdict, why=scrubber(verdict.why))
