"""Rule sets: files, order, early and late, and what others would have done."""

import pickle
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from photocast.corpus.nouns import Dropped, Origin, PodcastEpisode, Utterance
from photocast.corpus.parts import Count
from photocast.corpus.rules import SHIPPED, RuleSet, early_of, facts_of_talk, rule_set
from photocast.corpus.select import Select, Tally
from photocast.corpus.sources import open_source
from photocast.corpus.sources.episodes import episode_id
from photocast.corpus.stages import Passing, Stage
from photocast.corpus.store import LocalStore
from photocast.schema import ConfigError
from photocast.testing.sporc import Flaws, write_legacy

ORIGIN = Origin("e1", "p1", "sporc-1.0", host_labels=("A",), guest_labels=("B",))


def episode(name: str = "e1", *, speakers: int | None = 2, words: int = 30, **changes: object) -> PodcastEpisode:
    turns = tuple(Utterance("AB"[at % 2], "so " * words) for at in range(4))
    found = PodcastEpisode(msgspec.structs.replace(ORIGIN, episode=name), turns, main_speakers=speakers)
    return msgspec.structs.replace(found, **changes)


def written(folder: Path, text: str) -> RuleSet:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return rule_set(str(path))


def rules(*entries: str) -> str:
    return "\n".join(f"[[rules]]\n{entry}" for entry in entries)


@pytest.fixture
def short_first(tmp_path: Path) -> RuleSet:
    """A rule on the talk stands before one on facts."""
    return written(tmp_path, rules('rule = "length"\nleast = 100', 'rule = "main_speakers"'))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_sets_survive_pickling(name: str) -> None:
    found = rule_set(name)
    assert found.name == name
    assert pickle.loads(pickle.dumps(found)) == found
    assert msgspec.json.encode(found.settings)


def test_a_set_of_the_users_own(tmp_path: Path) -> None:
    found = written(tmp_path, rules('rule = "monologue"\nmost = 1', 'rule = "diarized"'))
    assert found.name == "mine"
    assert [rule.name for rule in found.rules] == ["monologue", "diarized"]
    assert found.rules[0].parameters == (("most", 1.0),)
    assert found.settings == written(tmp_path, rules('rule = "monologue"\nmost = 1.0', 'rule = "diarized"')).settings


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (rules('rule = "monolog"'), r"no rule `monolog`.*the rules are diarized.*Write monologue"),
        (rules('rule = "monologue"\nleast = 1'), r"`monologue` has no parameter `least`.*its parameters are most"),
        (rules('rule = "diarized"\nleast = 1'), r"`diarized` has no parameter `least`.*it has none"),
        (rules('rule = "monologue"\nmost = 1.5'), r"`most` of the rule `monologue`.*less than or equal to 1.*is 1.5"),
        (rules('rule = "length"\nleast = 2\nmost = 1'), r"nothing can hold to `length`.*`least` is 2"),
        (rules("most = 1"), r"rule 1 has no name"),
        (rules('rule = "diarized"', 'rule = "diarized"'), r"`diarized` stands there twice"),
        ("rules = []", r"it has none"),
        ("rules = 5", r"a list of"),
        ("[[rule]]\nrule = 1", r"has `rule` beside"),
        ("[[rules", r"not valid TOML"),
    ],
)
def test_what_is_wrong_with_a_set_is_said(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        written(tmp_path, text)


def test_a_set_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="strict, conversation, paper"):
        rule_set("loose")
    with pytest.raises(ConfigError, match="no such file"):
        rule_set(str(tmp_path / "none.toml"))


def test_rules_on_facts_come_first_so_that_dropping_early_changes_no_reason(short_first: RuleSet) -> None:
    found = episode(speakers=3, words=1)
    broken = short_first.judge(found)
    assert broken is not None
    assert broken.reason == short_first.facts(facts_of_talk(found)) == "not_two_main_speakers"


def test_the_number_of_main_speakers_alone(short_first: RuleSet) -> None:
    assert short_first.main_speakers(2) is None
    assert short_first.main_speakers(0) is None
    assert short_first.main_speakers(3) == "not_two_main_speakers"
    assert rule_set("paper").main_speakers(3) is None


def test_early_drops_only_what_all_sets_drop(tmp_path: Path, short_first: RuleSet) -> None:
    three = written(tmp_path, rules('rule = "main_speakers"\nnumber = 3'))
    both = early_of((short_first, three))
    assert both.main_speakers(4) == "not_two_main_speakers"
    assert both.main_speakers(3) is None
    assert both.main_speakers(2) is None
    assert both.facts(facts_of_talk(episode(speakers=4))) == "not_two_main_speakers"
    assert both.facts(facts_of_talk(episode(speakers=3))) is None
    assert early_of((short_first,)) == short_first


def test_an_episode_without_labels_is_not_diarized() -> None:
    unknown = episode(turns=(Utterance("UNKNOWN", "hello"),))
    assert rule_set("strict").facts(facts_of_talk(unknown)) == "not_diarized"


def test_select_keeps_or_says_why(short_first: RuleSet) -> None:
    stage: Stage[PodcastEpisode, PodcastEpisode] = Select(short_first)
    kept = episode()
    assert stage(kept) == [kept]
    assert stage(episode(words=1)) == Dropped("e1", "too_short", "4 words")


def test_settings_change_with_rules_and_with_what_is_compared(tmp_path: Path, short_first: RuleSet) -> None:
    strict, paper = rule_set("strict"), rule_set("paper")
    all_settings = [Select(strict), Select(paper), Select(strict, (paper,)), Select(short_first)]
    assert len({msgspec.json.encode(one.settings, order="sorted") for one in all_settings}) == 4


def test_others_are_counted_and_change_nothing(short_first: RuleSet) -> None:
    episodes = [episode("e1"), episode("e2", words=1), episode("e3", speakers=3)]
    select = Select(short_first, (rule_set("paper"), short_first))
    tally, passing = Tally(select.compare), Passing()
    kept = list(passing.through(tally.watch(episodes), select))
    assert [one.id for one in kept] == ["e1"]
    assert tally.counts["mine"] == passing.counts
    assert tally.counts["paper"] == [Count("select", 3, 0, 0, {"few_turns": 3})]


def test_real_episodes(real_episodes: list[PodcastEpisode]) -> None:
    reasons = {name: Counter(_reason(rule_set(name), one) for one in real_episodes[::2]) for name in SHIPPED}
    assert reasons["strict"]["kept"] > 50  # most are conversations of two
    assert not {"language", "gibberish", "repetition", "unpunctuated", "inaudible", "adverts"} & set(reasons["strict"])
    assert sum(reasons["strict"].values()) == sum(reasons["paper"].values()) == len(real_episodes[::2])
    assert reasons["paper"]["too_long"] > 45  # it takes no episode of an hour
    assert set(reasons["paper"]) <= {"kept", "too_long", "too_short", "few_turns"}


def test_flaws_that_were_planted(tmp_path: Path) -> None:
    """Whatever else is wrong with the episodes, rules on what is said find the flaws, and nothing else."""
    flaws = Flaws(near_duplicates=0, monologues=0, advertisements=0, gibberish=0.15, inaudible=0.15, repetition=0.15)
    planted = write_legacy(
        tmp_path / "sporc", episodes=40, seed=3, turns=60, traps=False, diarized=1, flaws=flaws
    ).flawed
    expected = {
        episode_id(url): {"foreign": "language", "gibberish": "language"}.get(flaw, flaw)
        for flaw, urls in planted.items()
        for url in urls
    }
    said = {"spoken_language", "punctuation", "inaudible", "repetition", "plausible_words"}
    on_words = RuleSet("said", tuple(rule for rule in rule_set("strict").rules if rule.name in said))
    store, source = LocalStore(tmp_path / "store"), open_source(tmp_path / "sporc")
    parts = source.parts(store, RuleSet("all", ()), lambda *_: None)
    read = [one for part in parts for one in source.read(store, part) if isinstance(one, PodcastEpisode)]
    found = {one.id: _reason(on_words, one) for one in read}
    assert len(read) == 40
    assert set(expected.values()) == {"language", "inaudible", "repetition"}
    assert {name: why for name, why in found.items() if why != "kept"} == expected


def _reason(rules: RuleSet, episode: PodcastEpisode) -> str:
    broken = rules.judge(episode)
    return broken.reason if broken else "kept"
