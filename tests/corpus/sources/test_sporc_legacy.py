import gzip
import json
import subprocess
import sys
from collections import Counter
from hashlib import md5
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from photocast.corpus.nouns import Origin, PodcastEpisode, Utterance
from photocast.corpus.sources import SporcLegacy, open_source
from photocast.corpus.store import LocalStore, open_store
from photocast.schema import InputError
from photocast.testing.sporc import Manifest, write_legacy

SEED = 1


def files_of(folder: Path) -> SporcLegacy:
    return SporcLegacy(folder / "episodeLevelData.jsonl.gz", folder / "speakerTurnData.jsonl.gz")


def test_an_episode_by_hand(tmp_path: Path, kit: SimpleNamespace, reading: Any) -> None:
    turns = [
        kit.turn(" Nice to be here.", ["SPEAKER_01", "SPEAKER_00"], 3.0, 4.5, 2),
        kit.turn(" Welcome", ["SPEAKER_00"], 0.5, 1.0, 0),
        kit.turn("back. ", "SPEAKER_00", 1.0, 2.75, 1),
        kit.turn("Not of this one.", ["SPEAKER_00"], 0.0, 1.0, 0, url="https://a.example/other.mp3"),
    ]
    outcome = reading(files_of(kit.sporc(tmp_path / "in", [kit.episode()], turns)))
    assert outcome.items == [
        PodcastEpisode(
            Origin(
                episode=md5(b"https://a.example/1.mp3").hexdigest()[:16],
                podcast=md5(b"https://a.example/feed").hexdigest()[:12],
                dataset="sporc-1.0",
                title="One",
                podcast_title="A",
                url="https://a.example/1.mp3",
                language="en",
                hosts=("Ann Lee",),
                host_labels=("SPEAKER_00",),
                categories=("arts",),
            ),
            (
                Utterance("SPEAKER_00", "Welcome back.", 0.5, 2.75, (), (0, 1)),
                Utterance("SPEAKER_01", "Nice to be here.", 3.0, 4.5, ("SPEAKER_00",), (2,)),
            ),
            seconds=100.0,
            main_speakers=2,
            explicit=False,
            labels=3,
        )
    ]
    assert outcome.counts["read"].noted == {"turn_of_no_kept_episode": 1}


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("explicit", 1, {"explicit": True}),
        ("explicit", "false", {"explicit": False}),
        ("explicit", None, {"explicit": None}),
        ("numMainSpeakers", 3.0, {"main_speakers": 3}),
        ("numMainSpeakers", "2", {"main_speakers": 2}),
        ("numMainSpeakers", None, {"main_speakers": 2}),  # as many as are named
        ("durationSeconds", "61.5", {"seconds": 61.5}),
        ("durationSeconds", 0, {"seconds": None}),
        ("durationSeconds", float("nan"), {"seconds": None}),
    ],
)
def test_fields_of_the_wrong_type(
    tmp_path: Path, kit: SimpleNamespace, reading: Any, field: str, value: Any, expected: dict[str, Any]
) -> None:
    turns = [kit.turn("Hello.", ["SPEAKER_00"], 1.0, 2.0, 0)]
    outcome = reading(files_of(kit.sporc(tmp_path / "in", [kit.episode(**{field: value})], turns)))
    ((name, wanted),) = expected.items()
    assert getattr(outcome.only, name) == wanted


@pytest.mark.parametrize(
    ("field", "value", "name", "wanted"),
    [
        ("hostPredictedNames", "NO_HOST_PREDICTED", "hosts", ()),
        ("hostPredictedNames", "Ann Lee", "hosts", ("Ann Lee",)),
        ("hostPredictedNames", "['Ann Lee', 'Bo']", "hosts", ("Ann Lee", "Bo")),
        ("guestPredictedNames", ["Cy", "NO_GUEST_PREDICTED", ""], "guests", ("Cy",)),
        ("guestSpeakerLabels", '{"Cy": "SPEAKER_01"}', "guest_labels", ("SPEAKER_01",)),
        ("guestSpeakerLabels", {"Cy": ["SPEAKER_01", "SPEAKER_02"]}, "guest_labels", ("SPEAKER_01", "SPEAKER_02")),
        ("hostSpeakerLabels", "SPEAKER_DATA_UNAVAILABLE", "host_labels", ()),
        ("licence", "CC-BY-4.0", "licence", "CC-BY-4.0"),
        ("category3", "music", "categories", ("arts", "music")),
        ("epTitle", "half \ud83d", "title", "half \ufffd"),
    ],
)
def test_sentinels_and_polymorphic_columns(
    tmp_path: Path, kit: SimpleNamespace, reading: Any, field: str, value: Any, name: str, wanted: Any
) -> None:
    turns = [kit.turn("Hello.", ["SPEAKER_00"], 1.0, 2.0, 0)]
    outcome = reading(files_of(kit.sporc(tmp_path / "in", [kit.episode(**{field: value})], turns)))
    assert getattr(outcome.only.origin, name) == wanted


def test_urls_are_the_same_however_they_are_escaped(tmp_path: Path, kit: SimpleNamespace, reading: Any) -> None:
    url = 'https://a.example/ü/1.mp3?a=1&b="2"'
    plain = kit.turn("Hello.", ["SPEAKER_00"], 1.0, 2.0, 0, url=url)
    pandas = kit.turn("You.", ["SPEAKER_00"], 2.0, 3.0, 1, url=url).replace(b"/", b"\\/").replace(b"&", b"\\u0026")
    outcome = reading(files_of(kit.sporc(tmp_path / "in", [kit.episode(mp3url=url)], [plain, pandas])))
    assert outcome.only.origin.url == url
    assert outcome.only.text == "Hello. You."


def test_lines_that_are_none(tmp_path: Path, kit: SimpleNamespace, reading: Any) -> None:
    """Each is left out with its reason, and the rest is read."""
    good = [kit.turn("Hello.", ["SPEAKER_00"], 1.0, 2.0, 0)]
    bad_episodes = [
        b'{"mp3url": "https://a.example/2.mp3", "ep',
        b"[1, 2]",
        '{"mp3url": "café"}'.encode("latin-1"),
        b'{"epTitle": "x"}',
    ]
    bad_turns = [
        b'{"mp3',
        '{"mp3url": "café"}'.encode("latin-1"),
        b'{"turnText": "x"}',
        b'{"mp3url": "%s", "turnText": "cut o' % kit.url.encode(),
        b'{"mp3url": "%s", "turnText": "\xe9"}' % kit.url.encode(),
        b'{"mp3url": "%s", "startTime": 3}' % kit.url.encode(),
    ]
    outcome = reading(
        files_of(
            kit.sporc(
                tmp_path / "in", [*bad_episodes, kit.episode(), kit.episode()], [*bad_turns[:3], *good, *bad_turns[3:]]
            )
        )
    )
    assert outcome.counts["read"].dropped == {"bad_json": 2, "wrong_encoding": 1, "missing_columns": 1}
    assert outcome.counts["read"].taken == 4
    assert outcome.counts["read"].noted == {"turn_bad_json": 1, "turn_wrong_encoding": 1, "turn_missing_columns": 1}
    assert outcome.dropped == ["duplicate_id"]
    assert outcome.only.mended == {"empty_turn": 1, "turn_bad_json": 1, "turn_wrong_encoding": 1}
    assert outcome.only.text == "Hello."


def test_rules_leave_episodes_out_before_they_are_dealt(tmp_path: Path, kit: SimpleNamespace, reading: Any) -> None:
    urls = [f"https://a.example/{number}.mp3" for number in range(4)]
    episodes = [
        kit.episode(mp3url=urls[0]),
        kit.episode(mp3url=urls[1], numMainSpeakers=5),
        kit.episode(mp3url=urls[2], numMainSpeakers=None, mainEpSpeakers="SPEAKER_DATA_UNAVAILABLE"),
        kit.episode(mp3url=urls[3], numMainSpeakers="5.0"),
    ]
    turns = [kit.turn("Hello.", ["SPEAKER_00"], 1.0, 2.0, 0, url=url) for url in urls]
    outcome = reading(
        files_of(kit.sporc(tmp_path / "in", episodes, turns)), kit.rules(speakers=2, diarized=True, settings="two")
    )
    assert [episode.origin.url for episode in outcome.episodes] == urls[:1]
    assert outcome.counts["select"].dropped == {"other_number": 2, "not_diarized": 1}
    assert (outcome.counts["read"].taken, outcome.counts["read"].kept, outcome.counts["read"].made) == (3, 3, 3)
    assert outcome.counts["read"].noted == {"turn_of_no_kept_episode": 3}


def test_an_episode_without_turns_is_dropped(tmp_path: Path, kit: SimpleNamespace, reading: Any) -> None:
    turns = [kit.turn(" ", ["SPEAKER_00"], 1.0, 2.0, 0), kit.turn("x", ["A"], 0.0, 1.0, 0, url="https://b.example")]
    (dropped,) = reading(files_of(kit.sporc(tmp_path / "in", [kit.episode()], turns))).items
    assert (dropped.reason, dropped.detail) == ("no_turns", "1 empty_turn")


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    folder = tmp_path_factory.mktemp("sporc")
    return folder, write_legacy(folder, episodes=300, seed=SEED, turns=70, diarized=0.8, spoilt_lines=0.03)


def test_everything_planted_is_found(generated: tuple[Path, Manifest], reading: Any) -> None:
    folder, manifest = generated
    outcome = reading(open_source(folder))
    mended = Counter[str]()
    for episode in outcome.episodes:
        mended.update(episode.mended)
    assert mended == {
        trap: number
        for trap, number in manifest.traps.items()
        if trap
        in (
            "empty_turn",
            "reversed_times",
            "no_speaker",
            "clock_skew",
            "line_break",
            "duplicate_turn",
            "wrong_duration",
        )
    }
    found = Counter(outcome.dropped)
    assert found["duplicate_id"] == manifest.traps["duplicate_id"] > 0
    assert len(outcome.items) == manifest.episodes
    lost = mended["empty_turn"] + mended["duplicate_turn"]
    assert sum(episode.labels for episode in outcome.episodes) == manifest.turns - lost
    read = outcome.counts["read"]
    assert Counter(read.dropped) + Counter(read.noted) == manifest.spoilt_lines
    assert len(manifest.spoilt_lines) == 6


def test_buckets_hold_the_same_episodes_as_one(
    generated: tuple[Path, Manifest], reading: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = generated
    whole = reading(open_source(folder))
    monkeypatch.setattr("photocast.corpus.sources.sporc_legacy.BUCKET_BYTES", 1 << 20)
    monkeypatch.setattr("photocast.corpus.sources.dealing._BUFFER", 1 << 19)
    store = open_store(tmp_path / "small")
    source = open_source(folder)
    parts = source.parts(store, _All(), lambda stage, done, size: None)
    assert len(parts) > 5
    assert [part.name for part in parts] == [f"{at:05d}" for at in range(len(parts))]
    items = [item for part in parts for item in source.read(store, part)]
    assert sorted(items, key=repr) == sorted(whole.items, key=repr)


class _All:
    settings = None

    def facts(self, facts: Any) -> None:
        return None

    def main_speakers(self, number: int) -> None:
        return None


def test_what_is_dealt_stays_until_something_changes(tmp_path: Path, kit: SimpleNamespace, reading: Any) -> None:
    folder = kit.sporc(tmp_path / "in", [kit.episode()], [kit.turn("Hello.", ["SPEAKER_00"], 1.0, 2.0, 0)])
    store = tmp_path / "store/split"
    first = reading(open_source(folder))
    times = {path: path.stat().st_mtime_ns for path in store.iterdir()}
    assert sorted(path.name for path in times) == [
        "00000.episodes.jsonl.gz",
        "00000.turns.jsonl.gz",
        "split.done.json",
    ]
    assert reading(open_source(folder)).parts == first.parts
    assert {path: path.stat().st_mtime_ns for path in store.iterdir()} == times

    other = reading(open_source(folder), kit.rules(settings="other"))  # other rules, the same episodes
    assert [part.fingerprint for part in other.parts] == [part.fingerprint for part in first.parts]
    assert {path: path.stat().st_mtime_ns for path in store.iterdir()} != times

    kit.sporc(folder, [kit.episode(epTitle="Two")], [kit.turn("Hello.", ["SPEAKER_00"], 1.0, 2.0, 0)])
    changed = reading(open_source(folder))
    assert changed.only.origin.title == "Two"
    assert changed.parts != first.parts


def test_a_bucket_that_is_gone_is_made_again(tmp_path: Path, kit: SimpleNamespace, reading: Any) -> None:
    folder = kit.sporc(tmp_path / "in", [kit.episode()], [kit.turn("Hello.", ["SPEAKER_00"], 1.0, 2.0, 0)])
    first = reading(open_source(folder))
    (tmp_path / "store/split/00000.turns.jsonl.gz").unlink()
    assert reading(open_source(folder)).items == first.items


def test_killed_while_dealing(tmp_path: Path, generated: tuple[Path, Manifest], reading: Any) -> None:
    """What a killed run leaves is neither used nor left lying there."""
    folder, _ = generated
    code = (
        "import os, sys; from pathlib import Path\n"
        "from photocast.corpus.sources import open_source; from photocast.corpus.store import open_store\n"
        "from photocast.corpus.sources import dealing; dealing._BUFFER = 1 << 16\n"
        "class All:\n settings = 'all'\n facts = main_speakers = staticmethod(lambda one: None)\n"
        "size = sum(path.stat().st_size for path in Path(sys.argv[1]).iterdir())\n"
        "told = lambda stage, done, size: done > size * 0.9 and os.kill(os.getpid(), 9)\n"
        "open_source(sys.argv[1]).parts(open_store(sys.argv[2]), All(), told)\n"
    )
    store = tmp_path / "store"
    killed = subprocess.run([sys.executable, "-c", code, str(folder), str(store)], capture_output=True)
    assert killed.returncode == -9, killed.stderr
    assert list((store / "split/.dealing").iterdir())
    assert LocalStore(store).names("split") == []
    outcome = reading(open_source(folder))
    assert len(outcome.episodes) > 100
    assert not (store / "split/.dealing").exists()


def test_a_remote_store(tmp_path: Path, generated: tuple[Path, Manifest], reading: Any) -> None:
    folder, _ = generated
    store = open_store(f"memory://{tmp_path.name}")
    source = open_source(folder)
    parts = source.parts(store, _All(), lambda stage, done, size: None)
    assert [item for part in parts for item in source.read(store, part)] == reading(source).items


@pytest.mark.parametrize("which", ["episodeLevelData", "speakerTurnData"])
def test_a_file_that_is_cut_off(tmp_path: Path, generated: tuple[Path, Manifest], reading: Any, which: str) -> None:
    folder, _ = generated
    for path in folder.glob("*.gz"):
        data = path.read_bytes()
        (tmp_path / path.name).write_bytes(data[: len(data) * 3 // 4] if path.name.startswith(which) else data)
    with pytest.raises(InputError, match=f"{which}.jsonl.gz is cut off"):
        reading(open_source(tmp_path))
    kept = reading(open_source(tmp_path, damaged="keep"))
    assert kept.counts["read"].noted["truncated_file"] == 1
    assert len(kept.episodes) > 50


def test_files_in_each_others_place(tmp_path: Path, kit: SimpleNamespace, reading: Any) -> None:
    turns = [kit.turn("Hello.", ["SPEAKER_00"], 1.0, 2.0, 0)]
    folder = kit.sporc(tmp_path / "in", turns, [kit.episode()])
    with pytest.raises(InputError, match=r"in each other's place: the file of episodes has the column turnText"):
        reading(files_of(folder))
    kit.sporc(folder, turns, turns)
    with pytest.raises(InputError, match=r"episodeLevelData.jsonl.gz holds turns"):
        reading(files_of(folder))
    kit.sporc(folder, [kit.episode()], [kit.episode()])
    with pytest.raises(InputError, match=r"speakerTurnData.jsonl.gz holds no turns .* columns mp3url, turnText"):
        reading(files_of(folder))
    kit.sporc(folder, [b"x" * 50] * 2000, turns)
    with pytest.raises(InputError, match=r"episodeLevelData.jsonl.gz holds no episodes .* first 1,000 lines"):
        reading(files_of(folder))


def test_records_that_bring_their_turns_along(tmp_path: Path, kit: SimpleNamespace, reading: Any) -> None:
    turns = [
        {"speaker": ["B"], "turnText": "Two.", "startTime": None, "turnCount": 1},
        {"speaker": ["A"], "turnText": "One.", "startTime": None, "turnCount": 0},
        "no turn",
    ]
    lines = [
        json.dumps(json.loads(kit.episode()) | {"turns": turns, "licence": "CC0-1.0"}).encode(),
        kit.episode(mp3url="https://a.example/none", turns=[]),
        kit.episode(mp3url="https://a.example/text", turns="none"),
    ]
    path = tmp_path / "records.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(lines)))
    outcome = reading(open_source(path))
    assert outcome.only.text == "One.\nTwo."
    assert outcome.only.origin.licence == "CC0-1.0"
    assert outcome.only.origin.dataset == "joined"
    assert outcome.only.mended == {"empty_turn": 1}
    assert outcome.dropped == ["no_turns"]
    assert outcome.counts["read"].dropped == {"missing_columns": 1}


def test_roles_of_turns_stand_in_for_a_list_of_labels(tmp_path: Path, kit: SimpleNamespace, reading: Any) -> None:
    turns = [
        {"speaker": [label], "turnText": text, "turnCount": number, "inferredSpeakerRole": role}
        for number, (label, text, role) in enumerate(
            [
                ("B", "One.", "guest"),
                ("A", "Two.", "host"),
                ("C", "Three.", "NO_INFERRED_ROLE"),
                ("B", "Four.", "guest"),
            ]
        )
    ]
    record = json.loads(kit.episode()) | {"turns": turns}
    path = tmp_path / "records.jsonl"
    for labels, host in (("SPEAKER_DATA_UNAVAILABLE", ("A",)), ({"Ada": "C"}, ("C",))):
        path.write_text(json.dumps(record | {"hostSpeakerLabels": labels}))
        origin = reading(open_source(path)).only.origin
        assert origin.host_labels == host


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_memory_does_not_grow_with_the_files(tmp_path: Path) -> None:
    """A process of its own deals and reads 30 and 240 MB, and holds less than 150 MB both times."""
    code = (
        "import re, sys; from photocast.corpus.sources import open_source\n"
        "from photocast.corpus.store import open_store\n"
        "class All:\n settings = 'all'\n facts = main_speakers = staticmethod(lambda one: None)\n"
        "source, store = open_source(sys.argv[1]), open_store(sys.argv[2])\n"
        "parts = source.parts(store, All(), lambda *told: None)\n"
        "print(len(parts), sum(1 for part in parts for _ in source.read(store, part)))\n"
        "print(re.search('VmHWM: *([0-9]+)', open('/proc/self/status').read().replace('\\t', ' '))[1])"
    )
    peaks = []
    for episodes in (300, 2400):
        folder = tmp_path / str(episodes)
        manifest = write_legacy(folder, episodes=episodes, diarized=1.0)
        command = [sys.executable, "-c", code, str(folder), str(folder / "store")]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        assert int(told[1]) == manifest.episodes
        peaks.append(int(told[2]) / 1000)
    assert max(peaks) < 150, peaks
