"""Votes of people: what is asked, what is kept, who is let in."""

import hashlib
import io
import json
import os
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from photocast.bench.evaluation_set import EvaluationSet
from photocast.bench.judging.human import (
    Answer,
    Comparison,
    Server,
    Session,
    Study,
    Text,
    Unsaved,
    Workplace,
    read_status,
    serve,
    study_of,
)
from photocast.bench.judging.human.rater import preference
from photocast.bench.judging.human.study import find_audio
from photocast.bench.judging.lines import add_lines
from photocast.bench.judging.pairs import contestants, pair_up
from photocast.bench.judging.votes import Status, Vote, read_votes
from photocast.bench.judging.winning import win_rate
from photocast.bench.seen import opened
from photocast.schema import InputError, UsageError

KEY = b"a secret"
WORDS = ("flow", "reaction", "personality", "overall")
"""What is asked about a pair without photos."""


def _study(pairs: int = 6, **more: Any) -> Study:
    comparisons = tuple(
        Comparison(f"i{n}", ("ours", "theirs"), (_text(f"ours {n}"), _text(f"theirs {n} too"))) for n in range(pairs)
    )
    controls = tuple(
        Comparison(one.item, (name, name), (text, text))
        for one in comparisons
        for name, text in zip(one.systems, one.texts, strict=True)
    )
    return Study(comparisons, controls, **more)


def _text(said: str) -> Text:
    return Text((("Speaker 1", said), ("Speaker 2", "Oh.")), len(said.split()) + 1)


def _judge_pair(session: Session, code: str, answer: int = 2) -> Comparison:
    """Answer all that is open about the pair that is shown."""
    standing = session.standing(code)
    assert standing.shown is not None
    assert standing.pair is not None
    for name in standing.shown.comparison.criteria:
        if name not in standing.answered:
            session.vote(Answer(rater=code, pair=standing.pair, criterion=name, answer=answer))
    return standing.shown.comparison


def _votes(folder: Path, code: str) -> list[Vote]:
    return read_votes(folder / f"human-{code}.jsonl")


@pytest.mark.parametrize(
    ("answer", "order", "expected"),
    # 1 is "the left one is much better". In the order AB the left one is the first system, in BA the second.
    [(1, "AB", 2), (2, "AB", 1), (3, "AB", 0), (4, "AB", -1), (5, "AB", -2), (1, "BA", -2), (3, "BA", 0), (4, "BA", 1)],
)
def test_an_answer_is_about_the_side_and_a_vote_about_the_system(answer: int, order: Any, expected: int) -> None:
    assert preference(answer, order) == expected


def test_a_vote_says_all_that_is_needed_to_count_it_again(tmp_path: Path) -> None:
    session = Session(_study(1), tmp_path, KEY)
    code = session.join()
    standing = session.standing(code)
    assert standing.shown is not None
    assert standing.pair is not None
    left = session.vote(
        Answer(rater=code, pair=standing.pair, criterion="flow", answer=1, note=" it\n laughs ", seconds=12.34)
    )
    assert left == ["reaction", "personality", "overall"]
    [vote] = _votes(tmp_path, code)
    order = standing.shown.order
    assert vote.at is not None
    assert timedelta() <= datetime.now(UTC) - vote.at < timedelta(minutes=1)
    assert vote.model_copy(update={"at": None}) == Vote(
        item="i0",
        systems=("ours", "theirs"),
        order=order,
        criterion="flow",
        judge=code,
        kind="human",
        status=Status.OK,
        preference=2 if order == "AB" else -2,
        words=(3, 4),  # "ours 0" and "Oh.", "theirs 0 too" and "Oh."
        reason="it laughs",
        raw='{"answer": 1, "seconds": 12.3}',
    )
    assert vote.first_shown_won == 1


def test_a_rater_goes_on_after_a_restart_where_they_were(tmp_path: Path) -> None:
    session = Session(_study(), tmp_path, KEY)
    code = session.join()
    first = _judge_pair(session, code)
    half = session.standing(code)
    assert half.pair is not None
    session.vote(Answer(rater=code, pair=half.pair, criterion="flow", answer=5))
    before = session.standing(code)

    again = Session(_study(), tmp_path, KEY).standing(code)
    assert again == before
    assert again.shown is not None
    assert again.shown.comparison != first
    assert (again.done, again.total, again.answered) == (1, 6, {"flow": 5})


def test_a_line_that_was_cut_off_is_asked_again(tmp_path: Path) -> None:
    session = Session(_study(1), tmp_path, KEY)
    code = session.join()
    standing = session.standing(code)
    assert standing.pair is not None
    session.vote(Answer(rater=code, pair=standing.pair, criterion="flow", answer=1))
    session.vote(Answer(rater=code, pair=standing.pair, criterion="reaction", answer=2))
    file = tmp_path / f"human-{code}.jsonl"
    file.write_bytes(file.read_bytes()[:-40])

    session = Session(_study(1), tmp_path, KEY)
    assert session.standing(code).answered == {"flow": 1}
    _judge_pair(session, code)
    assert {vote.criterion for vote in _votes(tmp_path, code)} == set(WORDS)


def test_orders_are_balanced_for_raters_and_for_pairs(tmp_path: Path) -> None:
    session = Session(_study(6), tmp_path, KEY)
    seen: Counter[tuple[str, str]] = Counter()
    for number in range(4):
        code = session.join()
        for _ in range(6):
            _judge_pair(session, code)
        orders = {vote.item: vote.order for vote in _votes(tmp_path, code)}
        seen.update(orders.items())
        if number == 0:  # nobody came before: half and half
            assert Counter(orders.values()) == {"AB": 3, "BA": 3}
    assert set(seen.values()) == {2}  # of four raters, two saw each pair in each order
    assert len(seen) == 12


def test_raters_who_always_take_the_left_one_prefer_nobody(tmp_path: Path) -> None:
    session = Session(_study(6), tmp_path, KEY)
    for _ in range(2):
        code = session.join()
        for _ in range(6):
            _judge_pair(session, code, answer=1)
    # every pair was seen once each way: a win and a loss, (1 + 0) / 2 = .5 on each item
    result = win_rate([vote for vote in read_votes(tmp_path) if vote.criterion == "overall"])
    assert (result.rate, result.items, result.tied, result.votes) == (0.5, 6, 6, 12)
    assert [one.left_preferred for one in read_status(tmp_path)] == [1.0, 1.0]


def test_pairs_are_covered_evenly_and_no_more_than_asked(tmp_path: Path) -> None:
    # 6 pairs for 2 raters each are 12; 3 raters with 4 pairs each are 12
    session = Session(_study(6, per_rater=4, raters_per_pair=2), tmp_path, KEY)
    judged: Counter[str] = Counter()
    for _ in range(3):
        code = session.join()
        assert session.standing(code).total == 4
        judged.update(_judge_pair(session, code).item for _ in range(4))
        assert session.standing(code).pair is None
    assert judged == dict.fromkeys((f"i{n}" for n in range(6)), 2)
    late = session.standing(session.join())
    assert (late.pair, late.done, late.total) == (None, 0, 0)


@given(turns=st.permutations([0, 0, 1, 1, 2, 2]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_raters_at_work_at_the_same_time_get_different_pairs(
    tmp_path_factory: pytest.TempPathFactory, turns: list[int]
) -> None:
    """In whatever order three raters go on, the first six pairs are six different ones: what is shown is counted."""
    session = Session(_study(6), tmp_path_factory.mktemp("judged"), KEY)
    codes = [session.join() for _ in range(3)]
    for code in codes:
        session.standing(code)
    judged = [_judge_pair(session, codes[turn]).item for turn in turns]
    assert sorted(judged) == [f"i{n}" for n in range(6)]


def test_identical_pairs_are_among_the_others_and_apart_in_the_votes(tmp_path: Path) -> None:
    session = Session(_study(6, per_rater=4, controls_per_rater=2), tmp_path, KEY)
    code = session.join()
    assert session.standing(code).total == 6
    shown = [_judge_pair(session, code, answer=3) for _ in range(6)]
    assert session.standing(code).pair is None
    controls = [one for one in shown if one.is_control]
    assert len(controls) == 2
    assert all(one.texts[0] == one.texts[1] for one in controls)
    votes = _votes(tmp_path, code)
    assert {vote.criterion for vote in votes if vote.systems[0] == vote.systems[1]} == {f"{w}_identical" for w in WORDS}
    assert {vote.criterion for vote in votes if vote.systems[0] != vote.systems[1]} == set(WORDS)
    [status] = read_status(tmp_path)
    assert (status.pairs, status.answers, status.controls, status.controls_tied) == (6, 24, 8, 8)


def test_identical_pairs_stand_at_no_fixed_place(tmp_path: Path) -> None:
    session = Session(_study(6, controls_per_rater=1), tmp_path, KEY)
    places = set()
    for _ in range(12):
        code = session.join()
        places.add([_judge_pair(session, code).is_control for _ in range(7)].index(True))
    assert len(places) >= 3


def test_the_last_answers_can_be_taken_back_one_by_one(tmp_path: Path) -> None:
    session = Session(_study(), tmp_path, KEY)
    code = session.join()
    first = _judge_pair(session, code)
    second = session.standing(code)
    assert second.pair is not None
    session.vote(Answer(rater=code, pair=second.pair, criterion="flow", answer=1))

    session.undo(code)
    assert session.standing(code).pair == second.pair
    assert session.standing(code).answered == {}
    session.undo(code)
    back = session.standing(code)
    assert back.shown is not None
    assert back.shown.comparison == first
    assert set(back.answered) == {"flow", "reaction", "personality"}
    undone = {vote.criterion: vote for vote in _votes(tmp_path, code) if vote.item == first.item}["overall"]
    assert (undone.status, undone.preference, undone.reason) == (Status.REFUSED, None, "taken back")

    assert Session(_study(), tmp_path, KEY).standing(code).answered == back.answered
    _judge_pair(session, code, answer=4)
    given_again = {vote.criterion: vote for vote in _votes(tmp_path, code) if vote.item == first.item}["overall"]
    assert given_again.status is Status.OK
    assert session.standing(code).pair == second.pair


def test_there_may_be_nothing_to_take_back(tmp_path: Path) -> None:
    session = Session(_study(), tmp_path, KEY)
    code = session.join()
    session.undo(code)
    assert not session.standing(code).can_undo
    assert _votes(tmp_path, code) == []


def test_a_clock_that_was_set_back_does_not_change_what_came_last(tmp_path: Path) -> None:
    session = Session(_study(1), tmp_path, KEY)
    code = session.join()
    standing = session.standing(code)
    assert standing.pair is not None
    session.vote(Answer(rater=code, pair=standing.pair, criterion="flow", answer=1))
    [vote] = _votes(tmp_path, code)
    add_lines(
        tmp_path / f"human-{code}.jsonl", [vote.model_copy(update={"at": datetime.now(UTC) + timedelta(hours=2)})]
    )
    session = Session(_study(1), tmp_path, KEY)
    session.vote(Answer(rater=code, pair=standing.pair, criterion="reaction", answer=1))
    session.undo(code)
    assert session.standing(code).answered == {"flow": 1}


def test_times_without_a_zone_in_a_file_edited_by_hand_are_read(tmp_path: Path) -> None:
    session = Session(_study(1), tmp_path, KEY)
    code = session.join()
    pair = session.standing(code).pair
    assert pair is not None
    for name in ("flow", "reaction"):
        session.vote(Answer(rater=code, pair=pair, criterion=name, answer=2))
    file = tmp_path / f"human-{code}.jsonl"
    first, second = file.read_text().splitlines()
    file.write_text(re.sub(r'"at":"[^"]+"', '"at":"2020-01-01T10:00:00"', first) + f"\n{second}\n")
    session = Session(_study(1), tmp_path, KEY)
    session.undo(code)
    assert session.standing(code).answered == {"flow": 2}
    assert read_status(tmp_path)[0].answers == 1


def test_a_page_from_before_a_restart_cannot_turn_a_pair_around(tmp_path: Path) -> None:
    study = _study(1)
    session = Session(study, tmp_path, KEY)
    code = session.join()
    standing = session.standing(code)
    assert standing.shown is not None
    assert standing.pair is not None
    turned = replace(standing.shown, order="BA" if standing.shown.order == "AB" else "AB")
    session.vote(Answer(rater=code, pair=standing.pair, criterion="flow", answer=1))
    with pytest.raises(UsageError, match="Load the page again"):
        session.vote(Answer(rater=code, pair=session._name(code, turned), criterion="reaction", answer=1))
    assert len(_votes(tmp_path, code)) == 1


def test_what_is_not_asked_is_refused(tmp_path: Path) -> None:
    session = Session(_study(1), tmp_path, KEY)
    code = session.join()
    pair = session.standing(code).pair
    assert pair is not None
    with pytest.raises(UsageError, match="no such question"):  # there are no photos
        session.vote(Answer(rater=code, pair=pair, criterion="grounding", answer=1))
    with pytest.raises(UsageError, match="no such pair"):
        session.vote(Answer(rater=code, pair="0" * 18, criterion="flow", answer=1))
    with pytest.raises(UsageError, match="no such rater"):
        session.vote(Answer(rater="../../etc", pair=pair, criterion="flow", answer=1))
    other = session.join()
    with pytest.raises(UsageError, match="no such pair"):  # the name of a pair is the rater's own
        session.vote(Answer(rater=other, pair=pair, criterion="flow", answer=1))


def test_a_full_disk_is_said_and_the_question_stays_open(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    session = Session(_study(1), tmp_path, KEY)
    code = session.join()
    pair = session.standing(code).pair
    assert pair is not None
    file = tmp_path / f"human-{code}.jsonl"
    file.unlink()
    file.symlink_to("/dev/full")
    answer = Answer(rater=code, pair=pair, criterion="flow", answer=1)
    with pytest.raises(Unsaved, match="the disk is full"):
        session.vote(answer)
    assert session.standing(code).answered == {}
    file.unlink()
    session.vote(answer)
    assert session.standing(code).answered == {"flow": 1}
    assert len(_votes(tmp_path, code)) == 1


def test_the_votes_of_somebody_else_are_not_gone_on_with(tmp_path: Path) -> None:
    session = Session(_study(1), tmp_path, KEY)
    code = session.join()
    _judge_pair(session, code)
    other = "abcdefgh"
    (tmp_path / f"human-{code}.jsonl").rename(tmp_path / f"human-{other}.jsonl")
    with pytest.raises(InputError, match=f"it holds a vote of '{code}'"):
        Session(_study(1), tmp_path, KEY)


def test_consent_is_kept_with_what_was_agreed_to(tmp_path: Path) -> None:
    session = Session(_study(1, consent="I agree."), tmp_path, KEY)
    codes = [session.join(), session.join()]
    lines = [line.split("\t") for line in (tmp_path / "human-consent.tsv").read_text().splitlines()]
    assert [line[0] for line in lines] == codes
    assert {line[2] for line in lines} == {hashlib.sha256(b"I agree.").hexdigest()}
    assert read_votes(tmp_path) == []  # the folder can be read before anybody voted


def test_a_folder_holds_one_study_and_one_server(tmp_path: Path) -> None:
    with Workplace(tmp_path, _study(2)) as place:
        token = place.token
        assert len(token) >= 20
        assert os.stat(tmp_path / ".human-address.json").st_mode & 0o077 == 0
        with pytest.raises(InputError, match="another photocast judge human is at work there"):
            Workplace(tmp_path, _study(2))
    with pytest.raises(InputError, match="other systems, transcripts, photos or questions"):
        Workplace(tmp_path, _study(3))
    with Workplace(tmp_path, _study(2)) as place:
        assert place.token == token
    assert token not in (tmp_path / "human-study.json").read_text()
    (tmp_path / ".human-address.json").write_text("{")
    with pytest.raises(InputError, match="no address of a study"):
        Workplace(tmp_path, _study(2))
    (tmp_path / ".human-address.json").unlink()
    with Workplace(tmp_path, _study(2)):  # the refusals let the lock go
        pass


# --- over the wire ------------------------------------------------------------------------------------------------


@dataclass
class Site:
    """A server that runs, and a way to ask it for anything."""

    server: Server
    folder: Path

    def ask(self, method: str, path: str, body: Any = None, *, raw: bool = False, **headers: str) -> tuple[int, bytes]:
        """Status and body; `path` goes behind the secret unless it is raw."""
        status, data, _ = self.whole(method, path, body, raw=raw, **headers)
        return status, data

    def whole(
        self, method: str, path: str, body: Any = None, *, raw: bool = False, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        here = f"127.0.0.1:{self.server.port}"
        sent = {"Host": here}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if method == "POST":
            sent |= {"Origin": f"http://{here}", "Content-Type": "application/json"}
            sent["Content-Length"] = str(len(data or b""))
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            connection.putrequest(method, path if raw else f"/{self.server.token}/{path}", skip_host=True)
            for name, value in sent.items():
                if value:
                    connection.putheader(name, value)
            connection.endheaders(data)
            answer = connection.getresponse()
            return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()

    def json(self, method: str, path: str, body: Any = None) -> Any:
        status, data = self.ask(method, path, body)
        assert status == 200, data
        return json.loads(data)

    def join(self) -> str:
        return str(self.json("POST", "join", {"agreed": True})["rater"])

    def judge_all(self, code: str) -> int:
        """Answer everything; how many answers that took."""
        given = 0
        while pair := self.json("GET", f"next/{code}")["pair"]:
            for question in pair["questions"]:
                self.json(
                    "POST",
                    "vote",
                    {"rater": code, "pair": pair["id"], "criterion": question["criterion"], "answer": given % 5 + 1},
                )
                given += 1
        return given


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Any]:
    stops = []

    def start(study: Study, folder: Path = tmp_path / "judged") -> Site:
        place = Workplace(folder, study)
        running = serve(Session(study, folder, place.token.encode()), place)
        server = running.__enter__()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()

        def stop() -> None:
            server.shutdown()
            thread.join()
            running.__exit__(None, None, None)
            place.close()

        stops.append(stop)
        return Site(server, folder)

    yield start
    for stop in stops:
        stop()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """Two systems with names and manners that would tell, about one album whose photo says where it was taken."""
    folder = tmp_path_factory.mktemp("real")
    (folder / "albums" / "beach").mkdir(parents=True)
    exif = Image.Exif()
    exif[0x010E] = "secret caption"
    exif.get_ifd(0x8825)[1] = "N"
    photo = Image.effect_noise((2000, 1500), 60).convert("RGB")
    photo.save(folder / "albums" / "beach" / "sea.jpg", exif=exif)
    for system, names in (("superwriter", ("Ada", "Leo")), ("baseline", ("**Host 1**", "**Host 2**"))):
        (folder / system).mkdir()
        talk = f"{names[0]}: The sea of {system[0]}!\n\n{names[1]}: Yes, look.\n\n{names[0]}: I do.\n"
        (folder / system / "beach.txt").write_text(talk)
    items = EvaluationSet.open(folder / "albums")
    pairs = pair_up(contestants([str(folder / "superwriter"), str(folder / "baseline")], ["beach"])).pairs
    with opened(items.items[0]) as album:
        yield study_of(pairs, {"beach": album})


def test_raters_are_told_nothing_about_the_systems(site: Any, real: Study) -> None:
    here = site(real)
    one, two = here.join(), here.join()
    told = here.ask("GET", f"next/{one}")[1].decode()
    for giveaway in ("superwriter", "baseline", "Ada", "Leo", "Host", "beach", "sea.jpg", "/", "AB", "BA"):
        assert giveaway not in told, giveaway
    pair = json.loads(told)["pair"]
    assert sorted(pair["sides"]) == [
        [["Speaker 1", "The sea of b!"], ["Speaker 2", "Yes, look."], ["Speaker 1", "I do."]],
        [["Speaker 1", "The sea of s!"], ["Speaker 2", "Yes, look."], ["Speaker 1", "I do."]],
    ]
    other = here.json("GET", f"next/{two}")["pair"]
    assert other["sides"] == pair["sides"][::-1]  # the second rater sees them the other way round
    assert other["id"] != pair["id"]
    assert [one["criterion"] for one in pair["questions"]] == [
        "flow",
        "reaction",
        "personality",
        "grounding",
        "overall",
    ]


def test_photos_are_shown_small_and_large_and_say_nothing(site: Any, real: Study) -> None:
    here = site(real)
    code = here.join()
    pair = here.json("GET", f"next/{code}")["pair"]
    for size, side in (("small", 1024), ("large", 1600)):
        status, data, headers = here.whole("GET", f"photo/{code}/{pair['id']}/0/{size}")
        assert (status, headers["content-type"]) == (200, "image/jpeg")
        picture = Image.open(io.BytesIO(data))
        assert max(picture.size) == side
        assert not picture.getexif()
        assert b"secret caption" not in data
    body = {"rater": code, "pair": pair["id"], "criterion": "grounding", "answer": 3}
    assert here.json("POST", "vote", body) == {"open": ["flow", "reaction", "personality", "overall"]}
    assert real.comparisons[0].album is not None
    assert _votes(here.folder, code)[0].images == (real.comparisons[0].album.photos[0].sha256,)


@pytest.mark.parametrize(
    "path",
    [
        "photo/{code}/{pair}/1/small",
        "photo/{code}/{pair}/-1/small",
        "photo/{code}/{pair}/0/../../../../etc/passwd",
        "photo/{code}/{pair}/..%2f..%2f..%2fetc%2fpasswd/small",
        "photo/{code}/{pair}/0/p01.page.jpg",
        "photo/{code}/{pair}/0x0/small",
        "../../../../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "template/page.html",
        "human-study.json",
        ".human-address.json",
        "page.css/../page.js",
        "page.js?x=1",
        "audio/{code}/{pair}/a",
        "audio/{code}/{pair}/c",
        "",
    ],
)
def test_no_path_leads_anywhere_else(site: Any, real: Study, path: str) -> None:
    here = site(real)
    code = here.join()
    pair = here.json("GET", f"next/{code}")["pair"]["id"]
    path = path.format(code=code, pair=pair)
    status, data = here.ask("GET", path)
    if path:
        assert status == 404
        assert data == b"Not Found"
    else:
        assert status == 200
        assert b"<title>Which one sounds more like people?</title>" in data


def test_without_the_secret_nothing_is_there(site: Any) -> None:
    here = site(_study(1))
    code, token = here.join(), here.server.token
    for prefix in ("", "/", "/" + token[:-1], "/" + token + "x", "/" + token.swapcase(), token):
        for rest in ("/", "/page.js", f"/next/{code}", "/consent"):
            status, data = here.ask("GET", prefix + rest, raw=True)
            assert status in {400, 404}, prefix + rest
            assert b"rater" not in data
    status, _ = here.ask("POST", "/vote", {}, raw=True)
    assert status == 404


@pytest.mark.parametrize(
    "host",
    ["evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:{port}", "192.168.1.7:{port}", "", "["],
)
def test_another_name_for_this_machine_is_refused(site: Any, host: str) -> None:
    """A page of evil.example could have its name point here: the browser would send it as the host."""
    here = site(_study(1))
    code = here.join()
    host = host.format(port=here.server.port)
    assert here.ask("GET", f"next/{code}", Host=host)[0] == 403
    assert here.ask("POST", "undo", {"rater": code}, Host=host, Origin=f"http://{host}")[0] == 403


@pytest.mark.parametrize("host", ["localhost:{port}", "127.0.0.1:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
def test_the_names_of_this_machine_are_known(site: Any, host: str) -> None:
    here = site(_study(1))
    host = host.format(port=here.server.port)
    assert here.ask("GET", "", Host=host)[0] == 200
    assert here.ask("POST", "join", {"agreed": True}, Host=host, Origin=f"http://{host}")[0] == 200


def test_on_a_network_addresses_are_known_and_names_of_others_are_not(tmp_path: Path) -> None:
    server = Server(Session(_study(1), tmp_path, KEY), "t" * 20, "0.0.0.0")
    try:
        assert server.is_called(f"192.168.1.7:{server.port}")
        assert server.is_called(f"localhost:{server.port}")
        assert not server.is_called(f"evil.example:{server.port}")
        assert not server.is_called(f"192.168.1.7:{server.port + 1}")
    finally:
        server.server_close()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Length": "100000"}, 413),
        ({"Content_Length": ""}, 411),
        ({"Content_Length": "-5"}, 411),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
    ],
)
def test_only_our_own_page_can_vote(site: Any, changed: dict[str, str], expected: int) -> None:
    here = site(_study(1))
    code = here.join()
    pair = here.json("GET", f"next/{code}")["pair"]["id"]
    body = {"rater": code, "pair": pair, "criterion": "flow", "answer": 1}
    assert here.ask("POST", "vote", body, **changed)[0] == expected
    assert len(_votes(here.folder, code)) == (expected == 200)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"answer": 0}, 422),
        ({"answer": 6}, 422),
        ({"answer": None}, 422),
        ({"answer": 2.5}, 422),
        ({"note": "x" * 2001}, 422),
        ({"seconds": -1}, 422),
        ({"system": "ours"}, 422),
        ({"criterion": "grounding"}, 409),
        ({"criterion": "flow_identical"}, 409),
        ({"pair": "../../etc/passwd"}, 409),
        ({"rater": "nobody22"}, 409),
        ({"rater": "../x"}, 409),
    ],
)
def test_votes_that_cannot_be_meant_are_refused(site: Any, change: dict[str, Any], expected: int) -> None:
    here = site(_study(1))
    code = here.join()
    pair = here.json("GET", f"next/{code}")["pair"]["id"]
    body = {"rater": code, "pair": pair, "criterion": "flow", "answer": 1} | change
    assert here.ask("POST", "vote", body)[0] == expected
    assert _votes(here.folder, code) == []
    assert sorted(path.name for path in here.folder.glob("human-*.jsonl")) == [f"human-{code}.jsonl"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b"[" * 60000, b"1", b'{"agreed": 1}', b'{"agreed": false}']
)
def test_bodies_that_are_no_request_are_refused(site: Any, body: bytes) -> None:
    here = site(_study(1))
    assert here.ask("POST", "join", body)[0] in {400, 404}
    assert list(here.folder.glob("human-*.jsonl")) == []


def test_every_answer_forbids_what_the_page_does_not_need(site: Any) -> None:
    here = site(_study(1))
    for path in ("", "page.js", "page.css", "icon.svg", "consent", "next/nobody22", "missing"):
        _, _, headers = here.whole("GET", path)
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'", path
        assert policy["script-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
        assert headers["cache-control"] == "no-store"
    assert here.ask("OPTIONS", "vote")[0] == 501  # and so no other page may ask


def test_a_client_that_says_nothing_keeps_nobody_waiting(site: Any) -> None:
    here = site(_study(1))
    with (
        socket.create_connection(("127.0.0.1", here.server.port)),
        socket.create_connection(("127.0.0.1", here.server.port)) as half,
    ):
        half.sendall(b"POST /x HTTP/1.1\r\nContent-Length: 99\r\n")
        assert here.judge_all(here.join()) == 4


def test_many_raters_vote_at_the_same_time(site: Any) -> None:
    here = site(_study(6, controls_per_rater=1))
    codes = [here.join() for _ in range(8)]
    given: list[int] = []
    threads = [threading.Thread(target=lambda code=code: given.append(here.judge_all(code))) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given == [28] * 8  # 7 pairs, 4 questions
    assert {code: len(_votes(here.folder, code)) for code in codes} == dict.fromkeys(codes, 28)
    shown = Counter((vote.item, vote.order) for code in codes for vote in _votes(here.folder, code) if vote.at)
    assert shown.total() == 8 * 28
    assert [status.pairs for status in read_status(here.folder)] == [7] * 8


def test_a_rater_in_two_windows_gives_one_vote_a_question(site: Any) -> None:
    here = site(_study(1))
    code = here.join()
    pair = here.json("GET", f"next/{code}")["pair"]["id"]
    body = {"rater": code, "pair": pair, "criterion": "flow", "answer": 4}
    threads = [threading.Thread(target=here.json, args=("POST", "vote", body)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len((here.folder / f"human-{code}.jsonl").read_text().splitlines()) == 6
    assert len(_votes(here.folder, code)) == 1


def test_recordings_are_played_where_both_have_one_and_can_be_wound(site: Any, tmp_path: Path) -> None:
    for name, data in (("ours", b"OURS" * 100), ("theirs", b"THEIRS" * 100)):
        (tmp_path / f"{name}.wav").write_bytes(data)
    plain = _study(2)
    heard = tuple(
        replace(text, audio=tmp_path / f"{name}.wav")
        for name, text in zip(("ours", "theirs"), plain.comparisons[0].texts, strict=True)
    )
    both, one = plain.comparisons
    study = Study((replace(both, texts=heard), replace(one, texts=(heard[0], one.texts[1]))))
    here = site(study)
    code = here.join()
    for _ in range(2):
        pair = here.json("GET", f"next/{code}")["pair"]
        left = pair["sides"][0][0][1].split()[0]  # "ours" or "theirs": the first word of the text on the left
        if pair["audio"]:
            whole = here.whole("GET", f"audio/{code}/{pair['id']}/a")
            assert whole[:2] == (200, (left.upper() * 100).encode())
            assert whole[2]["accept-ranges"] == "bytes"
            status, data, headers = here.whole("GET", f"audio/{code}/{pair['id']}/a", Range="bytes=4-9")
            assert (status, data) == (206, (left.upper() * 100).encode()[4:10])
            assert headers["content-range"] == f"bytes 4-9/{len(whole[1])}"
            assert here.ask("GET", f"audio/{code}/{pair['id']}/b", Range="bytes=99999-")[0] == 200
        else:  # one recording alone would tell whose it is
            assert here.ask("GET", f"audio/{code}/{pair['id']}/a")[0] == 404
            assert here.ask("GET", f"audio/{code}/{pair['id']}/b")[0] == 404
        for name in WORDS:
            here.json("POST", "vote", {"rater": code, "pair": pair["id"], "criterion": name, "answer": 3})


def test_recordings_are_found_by_system_beside_the_transcript_and_in_the_folder_of_the_item(tmp_path: Path) -> None:
    def touch(path: str) -> Path:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
        return tmp_path / path

    transcript = tmp_path / "ours" / "st_1" / "talk.txt"
    assert find_audio("ours", "st_1", tmp_path / "sound", transcript) is None
    in_folder = touch("ours/st_1/audio.opus")
    assert find_audio("ours", "st_1", tmp_path / "sound", transcript) == in_folder
    assert find_audio("ours", "other", None, transcript) is None  # the folder is of another item
    beside = touch("ours/st_1/talk.m4a")
    assert find_audio("ours", "st_1", tmp_path / "sound", transcript) == beside
    by_system = touch("sound/ours/st_1.mp3")
    assert find_audio("ours", "st_1", tmp_path / "sound", transcript) == by_system
    assert find_audio("ours", "st_1.2", tmp_path / "sound", tmp_path / "st_1.2.txt") is None
    dotted = touch("sound/ours/st_1.2.wav")
    assert find_audio("ours", "st_1.2", tmp_path / "sound", tmp_path / "st_1.2.txt") == dotted


def test_the_same_link_leads_here_after_a_restart(tmp_path: Path) -> None:
    urls = []
    for _ in range(2):
        study = _study(1)
        with Workplace(tmp_path, study) as place:
            session = Session(study, tmp_path, place.token.encode())
            with serve(session, place) as server:
                urls.append(server.url)
    assert urls[0] == urls[1]
    assert urls[0].startswith("http://127.0.0.1:")


def test_status_counts_what_was_answered(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no rater"):
        read_status(tmp_path)
    session = Session(_study(4), tmp_path, KEY)
    idle, busy = session.join(), session.join()
    for answer in (1, 2, 5, 3):  # left, left, right, neither: 2 of 3 preferences for the left
        _judge_pair(session, busy, answer)
    one, two = read_status(tmp_path)
    assert (one.rater, one.pairs, one.answers, one.left_preferred, one.last) == (idle, 0, 0, None, None)
    assert (two.rater, two.pairs, two.answers) == (busy, 4, 16)
    assert two.left_preferred == pytest.approx(2 / 3)
    assert two.last is not None
