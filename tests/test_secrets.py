"""Keys that were read are hidden wherever something is printed."""

import threading

from photocast._secrets import redact, remember


def test_a_key_is_hidden_everywhere_in_a_text() -> None:
    assert remember("sk-hidden-0123456789") == "sk-hidden-0123456789"
    assert redact("Bearer sk-hidden-0123456789: 'sk-hidden-0123456789'!") == "Bearer [key]: '[key]'!"
    assert redact("sk-other-9876543210") == "sk-other-9876543210"
    assert redact("") == ""


def test_of_two_keys_the_longer_is_hidden_whole() -> None:
    remember("k-begin-1234")
    remember("k-begin-1234-and-end")
    assert redact("k-begin-1234-and-end, k-begin-1234") == "[key], [key]"


def test_what_is_too_short_to_be_a_key_takes_no_word_apart() -> None:
    for short in ("", "an", "house"):
        assert remember(short) == short
    assert redact("an open house") == "an open house"
    remember("qzhous")
    assert redact("qzhous in an open house") == "[key] in an open house"


def test_keys_may_be_read_while_errors_are_printed() -> None:
    start = threading.Barrier(2)

    def read() -> None:
        start.wait()
        for number in range(500):
            remember(f"k-of-a-thread-{number:05d}")

    reading = threading.Thread(target=read)
    reading.start()
    start.wait()
    texts = [redact("k-before-all-of-it") for _ in range(300)]
    reading.join()
    assert set(texts) == {"k-before-all-of-it"}
    assert redact("k-of-a-thread-00499") == "[key]"
