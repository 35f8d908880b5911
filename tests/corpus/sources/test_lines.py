import gzip
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocast.corpus.sources import lines as module
from photocast.corpus.sources.lines import Lines
from photocast.schema import InputError


def test_plain_and_compressed_files_by_their_first_bytes(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfone\ntwo\r\n\n\nthree"
    (tmp_path / "plain.jsonl.gz").write_bytes(data)  # unpacked on the way, and still called .gz
    (tmp_path / "packed.jsonl").write_bytes(gzip.compress(data))
    for path in tmp_path.iterdir():
        assert list(Lines(path)) == [b"one", b"two\r", b"three"]


def test_members_one_after_the_other_and_zeros_behind(tmp_path: Path) -> None:
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(b"one\ntw") + gzip.compress(b"o\n") + gzip.compress(b"") + b"\0" * 3_000_000)
    assert list(Lines(path)) == [b"one", b"two"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=2, max_size=40).filter(lambda line: b"\n" not in line)), st.integers(1, 50))
def test_lines_come_whole_wherever_pieces_end(whole: list[bytes], piece: int) -> None:
    before, module._PIECE = module._PIECE, piece
    try:
        with TemporaryDirectory() as folder:
            path = Path(folder, "lines")
            path.write_bytes(gzip.compress(b"x\n" + b"\n".join(whole)))
            assert list(Lines(path)) == whole
    finally:
        module._PIECE = before


@pytest.mark.parametrize("cut", [11, 5000, -5])
def test_a_file_that_is_cut_off(tmp_path: Path, cut: int) -> None:
    whole = [os.urandom(20).hex().encode() for _ in range(2000)]
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(whole))[:cut])
    with pytest.raises(
        InputError, match=r"cut\.jsonl\.gz is cut off: .* ends in the middle, after [\d,]+ bytes"
    ) as told:
        list(Lines(path))
    assert "Download it again" in str(told.value)
    assert 'damaged = "keep"' in str(told.value)
    kept = Lines(path, damaged="keep")
    found = list(kept)
    assert kept.truncated
    assert found[:-1] == whole[: max(0, len(found) - 1)]
    assert len(found) > {11: -1, 5000: 100, -5: 1990}[cut]


def test_a_file_with_a_wrong_byte(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(os.urandom(200_000).hex().encode()))
    data[60_000] ^= 255
    data[60_001] ^= 255
    path = tmp_path / "wrong.gz"
    path.write_bytes(data)
    with pytest.raises(InputError, match="is damaged"):
        list(Lines(path))
    kept = Lines(path, damaged="keep")
    list(kept)
    assert kept.truncated


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        list(Lines(tmp_path / "none"))


def test_a_long_line_is_left_out_and_never_held(tmp_path: Path) -> None:
    """200 MB in one line, between two that are fine, in a process that may hold 150 MB."""
    path = tmp_path / "long.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"first\n")
        for _ in range(200):
            file.write(b"x" * (1 << 20))
        file.write(b"\nlast\n")
    code = (
        "import re; from pathlib import Path; from photocast.corpus.sources.lines import Lines\n"
        f"lines = Lines(Path({str(path)!r})); print(list(lines), lines.too_long)\n"
        "print(re.search('VmHWM: *([0-9]+)', open('/proc/self/status').read().replace('\\t', ' '))[1])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert told[0] == "[b'first', b'last'] 1"
    assert int(told[1]) < 150_000


def test_a_line_as_long_as_allowed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    longest = b"x" * module.LONGEST
    path.write_bytes(longest + b"\n" + longest + b"x\nend")
    lines = Lines(path)
    assert [len(line) for line in lines] == [module.LONGEST, 3]
    assert lines.too_long == 1
