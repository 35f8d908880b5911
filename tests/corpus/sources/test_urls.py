"""Lines by the URL of their episode, told without parsing them."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from photocast.corpus.sources.urls import key_of_url, keyed

URLS = ("https://a/1", "https://a/12", 'https://a/"x"', "https://a/é")
KEYS = {url: key_of_url(url) for url in URLS}


def line(url: str, form: int) -> bytes:
    escaped = url.replace('"', '\\"')
    return (f'{{"mp3url": "{escaped}", "turnText": "so"}}', f'{{"turnText": "hm", "mp3url" : "{escaped}"}}')[
        form
    ].encode()


LINES = st.one_of(
    st.tuples(st.sampled_from(URLS), st.integers(0, 1)).map(lambda one: (KEYS[one[0]], line(*one))),
    st.sampled_from([b"{}", b'{"mp3url": 3}', b'{"mp3url": "cut', b"\xff\xfe", b'"mp3url": "cut']).map(
        lambda odd: (None, odd)
    ),
    st.sampled_from([b"", b"\r"]).map(lambda blank: ("blank", blank)),
)


@given(st.lists(st.lists(LINES, max_size=12), max_size=3))
def test_every_line_has_the_key_of_its_own_url(blocks: list[list[tuple[object, bytes]]]) -> None:
    runs = list(keyed(b"".join(text + b"\n" for _, text in lines) for lines in blocks))
    found = [(run.key, text) for run in runs for text in run.data.removesuffix(b"\n").split(b"\n")]
    assert found == [(key, text) for lines in blocks for key, text in lines if key != "blank"]
    assert all(run.number == run.data.count(b"\n") for run in runs)


def test_lines_that_lie_together_are_one_run() -> None:
    turns = [line(url, 0) + b"\n" for url in (URLS[0],) * 3 + (URLS[1],) * 2 + (URLS[0],)]
    assert [(run.key, run.number) for run in keyed([b"".join(turns)])] == [
        (KEYS[url], len(list(same))) for url, same in groupby([URLS[0]] * 3 + [URLS[1]] * 2 + [URLS[0]])
    ]
