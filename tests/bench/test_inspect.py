"""The benchmark as Inspect runs it: by name, on albums, with a model that says what it is handed; no network."""

import base64
import gc
import json
import logging
import math
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai import score as rescore
from inspect_ai._cli.eval import eval_command
from inspect_ai._util.config import parse_cli_args
from inspect_ai._util.registry import registry_create
from inspect_ai.log import EvalLog, EvalSample, read_eval_log
from inspect_ai.model import ContentImage, ContentText, Model, ModelOutput, ModelUsage, get_model
from PIL import Image, ImageDraw

from photocast import Album, Studio
from photocast.bench.evaluation_set import EvaluationSet
from photocast.bench.score import score
from photocast.bench.seen import opened
from photocast.metrics import Target, measure, reference
from photocast.models import Image as Picture
from photocast.models import Request
from photocast.schema import Brief, parse_transcript
from photocast.testing import ScriptedModel

pytestmark = pytest.mark.filterwarnings("ignore:Unclosed <MemoryObject(Send|Receive)Stream:ResourceWarning")
"""Inspect leaves streams within the process to the garbage collector."""

SEA = """\
Speaker 1: The waves took the whole castle.
Speaker 2: Yeah, all of it. Did you see?
Speaker 1: We built it again, of course, and then the tide came in, and it took that one as well.
"""
BREAD = "Speaker 1: She burned the bread.\nSpeaker 2: Again?\nSpeaker 1: Again. The kitchen was black.\n"
ORIENTATION, ARTIST, TURNED = 0x0112, 0x013B, 6
SECRET = "Jane Q. Photographer"


def photo(path: Path, number: int) -> None:
    """2,000 by 1,200 pixels, lying on its side, with a name in its EXIF."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (2000, 1200), (number * 60 % 256, number * 95 % 256, 40))
    draw = ImageDraw.Draw(image)
    for step in range(6):
        draw.rectangle((step * 200, number * 60, step * 200 + 90, 600 + step * 80), fill=(255, step * 40, number * 30))
    exif = Image.Exif()
    exif[ORIENTATION], exif[ARTIST] = TURNED, SECRET
    image.save(path, exif=exif)


@pytest.fixture
def albums(tmp_path: Path) -> Path:
    """`beach` with two photos and a story, `kitchen` with one and a title; `story` has no photo."""
    for number, name in enumerate(("beach/1.jpg", "beach/2.jpg", "kitchen/1.jpg"), start=1):
        photo(tmp_path / "set" / name, number)
    (tmp_path / "set" / "beach" / "human_story.txt").write_text("the sea took our castle .\n", "utf-8")
    (tmp_path / "set" / "kitchen" / "item.toml").write_text('title = "Smoke"\nabout = "a loaf"\n', "utf-8")
    (tmp_path / "set" / "story").mkdir()
    (tmp_path / "set" / "story" / "human_story.txt").write_text("the parade was long .\n", "utf-8")
    return tmp_path / "set"


@pytest.fixture(autouse=True)
def _on_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Inspect keeps its traces in a folder of the test, and reaches nobody; what it leaves open goes with the test."""
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def refuse(self: socket.socket, address: Any) -> None:
        raise AssertionError(f"something reached for {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # Inspect sets its own, for good
    root = logging.getLogger()
    handlers = list(root.handlers)
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
    gc.collect()


def said(text: str, *, stop: Any = "stop") -> ModelOutput:
    """An answer with its tokens counted: Inspect would fetch a tokenizer to count them."""
    answer = ModelOutput.from_content("mock", text, stop_reason=stop)
    answer.usage = ModelUsage(input_tokens=10, output_tokens=5, total_tokens=15)
    return answer


def talker(*answers: ModelOutput | Callable[[list[Any]], ModelOutput]) -> Model:
    """Gives the answers in order, or the one that a function makes of each question."""
    if len(answers) == 1 and callable(answers[0]):
        make = answers[0]
        return get_model("mockllm/model", memoize=False, custom_outputs=lambda messages, *rest: make(messages))
    return get_model("mockllm/model", memoize=False, custom_outputs=list(answers))


def by_photos(one: str, two: str) -> Callable[[list[Any]], ModelOutput]:
    """Says `one` of a single photo, and `two` of several."""
    return lambda messages: said(two if len(images(messages)) > 1 else one)


def images(messages: Sequence[Any]) -> list[ContentImage]:
    return [
        part for one in messages if not isinstance(one.content, str) for part in one.content if part.type == "image"
    ]


def run(task: str, tmp_path: Path, model: Model | str, epochs: int = 1, **arguments: Any) -> EvalLog:
    """The log of a run that went well, as it stands in its file."""
    (log,) = inspect_eval(
        task,
        model=model,
        task_args=arguments,
        epochs=epochs,
        max_samples=1,
        display="none",
        log_dir=str(tmp_path / "logs"),
        log_format="json",
    )
    assert log.status == "success", log.error
    assert Path(log.location).is_relative_to(tmp_path)
    return read_eval_log(log.location, resolve_attachments=True)


def samples(log: EvalLog) -> dict[str, EvalSample]:
    assert log.samples is not None
    return {str(one.id): one for one in log.samples}


def scored(sample: EvalSample) -> Any:
    assert sample.scores is not None
    return sample.scores["figures"]


def figures(log: EvalLog) -> dict[str, float]:
    """What the log says of all answers together."""
    assert log.results is not None
    (only,) = log.results.scores
    return {name: metric.value for name, metric in only.metrics.items()}


def test_scores_are_those_of_photocast_and_an_unreadable_answer_is_counted(albums: Path, tmp_path: Path) -> None:
    log = run("photocast/podcast", tmp_path, talker(by_photos("I saw a loaf.", SEA)), albums=str(albums))
    found = samples(log)
    assert set(found) == {"beach", "kitchen"}
    expected = measure(
        parse_transcript(SEA),
        reference=reference("interview"),
        target=Target(words=320, labels=("Speaker 1", "Speaker 2")),  # 200 words, and 60 for each of two photos
    )
    assert scored(found["beach"]).value == {"unreadable": 0} | expected.values
    assert scored(found["beach"]).metadata["undefined"] == expected.undefined
    assert expected.values["length_ratio"] == 32 / 320  # 6 + 7 + 19 words
    failed = scored(found["kitchen"])
    assert (failed.value, failed.reason) == ({"unreadable": 1}, "invalid_response_format")
    assert failed.explanation.startswith("No speaker can be found in the transcript: line 1, “I saw a loaf.”")
    total = figures(log)
    assert (total["unreadable"], total["readable"]) == (1, 1)
    assert total["words"] == 32  # not 16: the answer that failed is in no mean
    assert not any(name.endswith("_low") for name in total)  # of one item there is no interval
    assert total["mtld_undefined"] == 1
    assert total["self_bleu_undefined"] == 1
    assert all(math.isfinite(value) for value in total.values())
    json.loads(Path(log.location).read_text("utf-8"), parse_constant=pytest.fail)  # no NaN, which is no JSON


def test_the_log_says_what_was_measured_and_what_was_not(albums: Path, tmp_path: Path) -> None:
    (albums / "kitchen" / "2.jpg").write_text("<html>", "utf-8")
    log = run("photocast/podcast", tmp_path, talker(by_photos(BREAD, SEA)), albums=str(albums), seed=7)
    beach, kitchen = samples(log)["beach"], samples(log)["kitchen"]
    assert {name: beach.metadata[name] for name in ("title", "photos", "captions")} == {
        "title": "beach",
        "photos": ["1.jpg", "2.jpg"],
        "captions": 1,
    }
    assert beach.target == "the sea took our castle ."
    assert kitchen.metadata["title"] == "Smoke"
    noted = log.eval.metadata or {}
    assert noted["reference"] == "interview"
    assert noted["left_out"] == ["story: it has no photos"]
    assert noted["problems"] == ["kitchen/2.jpg: not a photo: it is a web page or other marked-up text"]
    sampling = log.plan.config
    assert (sampling.temperature, sampling.top_p, sampling.max_tokens, sampling.seed) == (0.7, 0.8, 2048, 7)


@pytest.mark.parametrize("style", ["paper", "banter"])
def test_the_model_is_asked_as_the_product_asks(albums: Path, tmp_path: Path, style: str) -> None:
    log = run("photocast/podcast", tmp_path, talker(by_photos(BREAD, SEA)), albums=str(albums), style=style, words=100)
    for name in ("beach", "kitchen"):
        asked = product_asks(albums / name, style)
        *system, user = [one for one in samples(log)[name].messages if one.role != "assistant"]
        assert [one.text for one in system] == ([asked.system] if asked.system else [])
        assert not isinstance(user.content, str)
        assert [part.text if isinstance(part, ContentText) else bytes_of(part) for part in user.content] == [
            part.path.read_bytes() if isinstance(part, Picture) else part for part in asked.parts
        ]
    assert "the sea took our castle" not in str(samples(log)["beach"].messages)
    words = samples(log)["kitchen"].messages[-2].text
    assert "a loaf" in words
    assert "Smoke" not in words  # the title is not told, as to all systems


def product_asks(folder: Path, style: str) -> Request:
    """The first request of a benchmark run with the product, which looks at the photos before."""
    model = ScriptedModel(lambda request: "Ada: Is it?\nLeo: It is.", host="api.example.com")
    (item,) = EvaluationSet.open(folder).items
    album = opened(item)
    keep_open.append(album)  # its pictures are compared below
    studio = Studio(model=model)
    plan = studio.plan(album, brief=Brief(style=style, words=100, about=item.about))
    studio.write(album, plan, studio.look(album, plan))
    return model.requests[0]


keep_open: list[Album] = []


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    while keep_open:
        keep_open.pop().close()


def bytes_of(part: Any) -> bytes:
    kind, _, data = part.image.partition(",")
    assert kind == "data:image/jpeg;base64"
    return base64.b64decode(data)


def test_photos_are_sent_upright_small_and_without_what_the_camera_wrote(albums: Path, tmp_path: Path) -> None:
    log = run("photocast/podcast", tmp_path, talker(by_photos(BREAD, SEA)), albums=str(albums))
    sent = images(samples(log)["beach"].messages)
    assert len(sent) == 2
    for part in sent:
        data = bytes_of(part)
        with Image.open(BytesIO(data)) as picture:
            assert picture.size == (614, 1024)  # 1,200 : 2,000 upright, the longer side at 1,024
            assert not picture.getexif()
            assert picture.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert SECRET.encode() not in data
    assert SECRET not in Path(log.location).read_text("utf-8")


def test_marks_and_thoughts_that_the_product_drops_are_not_measured(albums: Path, tmp_path: Path) -> None:
    talk = "<think>Ada: maybe</think>\nAda: There it is. [p01]\nLeo: [p01] It is.\n"
    log = run(
        "photocast/podcast",
        tmp_path,
        talker(lambda messages: said(talk)),
        albums=str(albums),
        style="story",
        hosts=["Ada", "Leo"],
    )
    one = scored(samples(log)["beach"])
    assert one.answer == "Ada: There it is.\nLeo: It is."
    assert (one.value["words"], one.value["stage_direction_rate"], one.value["label_validity"]) == (5, 0, 1)


@pytest.mark.parametrize(
    ("answer", "reason", "explained"),
    [
        (said("", stop="max_tokens"), "no_response", "it was cut off at the most tokens it may have"),
        (said("I'm sorry, no.", stop="content_filter"), "refusal", "No speaker can be found"),
    ],
)
def test_why_an_answer_cannot_be_read(
    albums: Path, tmp_path: Path, answer: ModelOutput, reason: str, explained: str
) -> None:
    log = run("photocast/podcast", tmp_path, talker(lambda messages: answer), albums=str(albums / "beach"))
    one = scored(samples(log)["beach"])
    assert one.reason == reason
    assert explained in one.explanation
    assert figures(log) == {"unreadable": 1, "readable": 0}


def test_an_item_counts_once_however_often_it_is_tried(albums: Path, tmp_path: Path) -> None:
    # max_samples is 1, so the answers come in the order of the tries: beach, kitchen, beach, kitchen
    answers = [said(SEA), said(BREAD), said(BREAD), said("nothing")]
    log = run("photocast/podcast", tmp_path, talker(*answers), epochs=2, albums=str(albums))
    total = figures(log)
    assert (total["unreadable"], total["readable"]) == (1, 3)
    # 32 and 10 words of the one, 10 of the other: (21 + 10) / 2
    assert total["words"] == 15.5
    assert (total["words_low"], total["words_high"]) == (10, 21)  # means of draws: 10, 15.5 and 21
    # alike are scripts of one round: SEA and BREAD share no five words; BREAD of the second round is alone in it
    assert total["shared_5grams"] == 0


TALKS = {
    "one": SEA,
    "two": BREAD,
    "three": "Ann: I remember when the tide came in.\nBob: Right.\nAnn: It came in, and took—\nBob: The castle!\n",
    "bad": "Nobody talks here.",
}


def transcripts(tmp_path: Path) -> Path:
    folder = tmp_path / "talks"
    folder.mkdir()
    for name, text in TALKS.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    (folder / "picture.txt").write_bytes(b"\xff\xd8\xff\xe0")
    return folder


def test_transcripts_score_as_with_photocast_score(tmp_path: Path) -> None:
    folder = transcripts(tmp_path)
    log = run("photocast/transcripts", tmp_path, "none", transcripts=str(folder), words=40, seed=3)
    expected = score(sorted(folder.iterdir()), target=Target(words=40), seed=3)
    total = figures(log)
    assert (total["readable"], total["unreadable"]) == (expected.n, len(expected.failed)) == (3, 2)
    for name, summary in expected.metrics.items():
        assert total[name] == pytest.approx(summary.mean, rel=1e-12), name
        assert total.get(f"{name}_undefined", 0) == summary.undefined
        if summary.ci95:
            assert (total[f"{name}_low"], total[f"{name}_high"]) == pytest.approx(summary.ci95, rel=1e-12), name
    assert {"self_bleu", "opening_diversity", "turn_length_w1", "length_error"} <= expected.metrics.keys()
    assert scored(samples(log)["picture"]).explanation == "it is not text in UTF-8"


def test_words_lead_back_to_the_captions(albums: Path, tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "beach.txt").write_text(SEA, "utf-8")
    (folder / "story.txt").write_text("A: The parade was long.\nB: The parade? It was.\n", "utf-8")
    log = run("photocast/transcripts", tmp_path, "none", transcripts=str(folder), albums=str(albums))
    total = figures(log)
    # SEA shares `castle` with its own caption alone, the other `parade` and `long` with its own: both find it first
    assert total["caption_first"] == 1
    assert total["caption_reciprocal_rank"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"albums": "nowhere"}, "cannot open the folder of albums"),
        ({"albums": "set/story"}, "none of its items has a photo"),
        ({"albums": "set", "style": "haiku"}, "cannot use this for style"),
        ({"albums": "set", "hosts": 9}, "cannot seat 9 hosts"),
        ({"albums": "set", "hosts": {"Ada": "curious; Leo"}}, "cannot read the hosts"),
        ({"albums": "set", "words": "long"}, "cannot read the length 'long'"),
        ({"albums": "set", "reference": "martians"}, "There is no human reference 'martians'"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_asked(
    albums: Path, tmp_path: Path, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(Exception, match=message):
        run("photocast/podcast", tmp_path, talker(said(SEA)), **arguments)
    assert not (tmp_path / "logs").exists()


def test_it_is_an_extra() -> None:
    code = """
import sys
import photocast, photocast.cli.main, photocast.bench.score, photocast.bench.generating
assert "inspect_ai" not in sys.modules
sys.modules["inspect_ai"] = None  # as when it is not installed
try:
    import photocast.bench.inspecting
except photocast.PhotocastError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == (
        "inspect_ai is not installed: The benchmark as an Inspect task needs it. "
        "Run: pip install 'photocast[inspect]'.\n"
    )


def test_a_log_can_be_scored_again_beside_other_people(albums: Path, tmp_path: Path) -> None:
    log = run("photocast/podcast", tmp_path, talker(by_photos(BREAD, SEA)), albums=str(albums))
    again = rescore(
        log, registry_create("scorer", "photocast/figures", reference="panel"), action="overwrite", display="none"
    )
    expected = [measure(parse_transcript(text), reference=reference("panel")) for text in (SEA, BREAD)]
    assert figures(again)["turn_length_w1"] == pytest.approx(fmean(one.values["turn_length_w1"] for one in expected))
    assert figures(again)["turn_length_w1"] != figures(log)["turn_length_w1"]
    assert figures(again)["words_low"] == figures(log)["words_low"] == 10


def page(language: str) -> str:
    text = (Path(__file__).parents[2] / "docs" / "inspect.md").read_text("utf-8")
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL))


def test_the_commands_of_the_page_can_be_meant(albums: Path) -> None:
    commands = [shlex.split(line, comments=True) for line in page("bash").splitlines() if "inspect eval" in line]
    assert len(commands) == 4
    here = {"albums": str(albums), "transcripts": str(transcripts(albums.parent))}
    known = {option for one in eval_command.params for option in (*one.opts, *one.secondary_opts)}
    for _, _, task, *rest in commands:
        given = parse_cli_args([rest[at + 1] for at, word in enumerate(rest) if word == "-T"])
        assert len(
            registry_create("task", task, **{name: here.get(name, value) for name, value in given.items()}).dataset
        )
        assert {word for word in rest if word.startswith("-")} <= known


def test_the_example_of_the_page_reads_a_log(albums: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("photocast/podcast", tmp_path, talker(by_photos("no talk", SEA)), albums=str(albums))
    exec(compile(page("python"), "inspect.md", "exec"), {})
    out = capsys.readouterr().out
    assert "words 32.0 None None" in out
    assert "kitchen: No speaker can be found in the transcript" in out


@pytest.mark.slow
def test_the_command_line_of_inspect_finds_it(tmp_path: Path) -> None:
    folder = transcripts(tmp_path)
    command = ["eval", "photocast/transcripts", "-T", f"transcripts={folder}", "--model", "none", "--display", "none"]
    command += ["--log-dir", str(tmp_path / "logs"), "--log-format", "json"]
    subprocess.run([sys.executable, "-m", "inspect_ai", *command], capture_output=True, check=True, cwd=tmp_path)
    (log,) = (tmp_path / "logs").glob("*.json")
    assert json.loads(log.read_text("utf-8"))["results"]["scores"][0]["metrics"]["readable"]["value"] == 3
