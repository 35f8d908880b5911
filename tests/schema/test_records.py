"""The nouns: what they refuse, and that they survive being written to a file."""

import pickle
from typing import Any

import pytest
from pydantic import ValidationError

from photocast.schema import (
    SCHEMA_VERSION,
    AlbumRecord,
    Brief,
    Claim,
    Delivery,
    FactSheet,
    Host,
    Kind,
    Known,
    Observation,
    Photo,
    Plan,
    Provenance,
    Reason,
    Script,
    SetAside,
    Source,
    Speaker,
    State,
    TranscriptError,
    Turn,
)
from photocast.schema.record import Record

PHOTO = Photo(id="p01", source="a.jpg", sha256="0" * 64, width=4, height=3)
ALBUM = AlbumRecord(
    title="Arezzo",
    photos=(PHOTO,),
    set_aside=(SetAside(source="b.jpg", reason=Reason.BLURRED, detail="Sharpness 12, below 40.", can_be_kept=True),),
)
DOG = Observation(
    id="p01.subject.dog",
    photos=("p01",),
    kind=Kind.SUBJECT,
    what="dog",
    known=Known.SEEN,
    sources=("detector",),
    confidence=0.9,
)
SCRIPT = Script(
    title="Arezzo",
    speakers=(Speaker(name="Maya", character="curious"), Speaker(name="Theo")),
    turns=(
        Turn(
            id="t001",
            speaker="Maya",
            text="That's a dog.",
            photos=("p01",),
            claims=(Claim(start=7, end=12, source=Source.SEEN, observations=(DOG.id,)),),
            delivery=Delivery(manner="laughing", events=("laugh",)),
        ),
        Turn(id="t002", speaker="Theo", text="Is it…", locked=True),
    ),
    provenance=Provenance(writer="pocket", writer_version="1", seed=0, disclosure="Written by a machine."),
)
RECORDS = [
    ALBUM,
    Brief(cast=(Host(name="Maya"),), words=300, about="a walk"),
    FactSheet(observations=(DOG,)),
    Plan(brief=Brief(), album=ALBUM, writer="pocket", words=300, seconds=4.0),
    SCRIPT,
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_survives_json(record: Record) -> None:
    assert type(record).model_validate_json(record.model_dump_json()) == record


@pytest.mark.parametrize("model", [FactSheet, Plan, Script])
def test_what_is_written_to_a_file_names_its_version(model: type[Record]) -> None:
    field = model.model_json_schema()["properties"]["schema_version"]
    assert field["default"] == SCHEMA_VERSION


@pytest.mark.parametrize("model", [FactSheet, Plan, Script])
def test_a_file_of_another_version_is_refused(model: type[Record]) -> None:
    with pytest.raises(ValidationError, match="and this is version 2"):
        model.model_validate({"schema_version": SCHEMA_VERSION + 1})


def test_stable_keys_of_script_json() -> None:
    turn = SCRIPT.model_dump(mode="json")["turns"][0]
    assert (turn["id"], turn["speaker"], turn["text"], turn["photos"]) == ("t001", "Maya", "That's a dog.", ["p01"])


@pytest.mark.parametrize(
    ("model", "values", "field"),
    [
        (Photo, {"id": "1", "source": "a", "sha256": "0", "width": 1, "height": 1}, "id"),
        (Photo, {"id": "p01", "source": "a", "sha256": "0", "width": 0, "height": 1}, "width"),
        (AlbumRecord, {"title": "x", "photos": []}, "photos"),
        (Brief, {"hosts": 5}, "hosts"),
        (Brief, {"words": 10}, "words"),
        (Brief, {"style": "rap"}, "style"),
        (Brief, {"playful": 1.5}, "playful"),
        (Brief, {"lenght": 300}, "lenght"),
        (Host, {"name": " "}, "name"),
        (Observation, DOG.model_dump() | {"confidence": 2}, "confidence"),
        (Observation, DOG.model_dump() | {"photos": ()}, "photos"),
        (Turn, {"id": "4", "speaker": "Maya", "text": "x"}, "id"),
        (Turn, {"id": "t001", "speaker": "Maya", "text": " \n"}, "text"),
        (Delivery, {"overlap_ms": -1}, "overlap_ms"),
        (Script, {"title": "x", "speakers": [], "turns": []}, "turns"),
    ],
)
def test_errors_name_the_field(model: type[Record], values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(values)
    assert field in {error["loc"][0] for error in caught.value.errors()}


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ({"start": 0, "end": 40, "source": "invented"}, "its text ends at 13"),
        ({"start": 5, "end": 5, "source": "invented"}, "from 5 to 5"),
        ({"start": 0, "end": 6, "source": "seen"}, '"That\'s" as seen without an observation'),
    ],
)
def test_a_claim_lies_in_the_text_and_rests_on_something(claim: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match="turn t001") as caught:
        Turn.model_validate({"id": "t001", "speaker": "Maya", "text": "That's a dog.", "claims": [claim]})
    assert message in str(caught.value)


def test_what_is_invented_or_inferred_needs_no_observation() -> None:
    for extra in ({"source": Source.INVENTED}, {"source": Source.SEEN, "inferred": True}):
        claim = Claim.model_validate({"start": 0, "end": 6} | extra)
        assert Turn(id="t001", speaker="Maya", text="That's a dog.", claims=(claim,)).claims == (claim,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"turns": [{"id": "t001", "speaker": "Ida", "text": "x"}]}, "turn t001 is spoken by 'Ida'"),
        ({"speakers": [{"name": "Maya"}, {"name": "Maya"}, {"name": "Theo"}]}, "two speakers share a name"),
        ({"turns": [{"id": "t001", "speaker": "Maya", "text": "x"}] * 2}, "two turns share an id"),
    ],
)
def test_a_script_has_a_voice_for_every_turn(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Script.model_validate(SCRIPT.model_dump() | change)


def test_records_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        SCRIPT.title = "Siena"  # type: ignore[misc]


def test_words_are_those_of_all_turns() -> None:
    assert SCRIPT.words() == 5  # That's a dog. + Is it…


def test_struck_facts_are_not_usable() -> None:
    struck = DOG.model_copy(update={"id": "p01.subject.cat", "state": State.STRUCK})
    sheet = FactSheet(observations=(DOG, struck))
    assert sheet.usable() == sheet.of("p01") == (DOG,)
    assert sheet.of("p02") == ()


def test_errors_survive_pickling() -> None:
    error = pickle.loads(pickle.dumps(TranscriptError("What", "why", "Do")))
    assert (error.what, error.why, error.do, str(error)) == ("What", "why", "Do", "What: why. Do.")
