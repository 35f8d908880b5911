"""The language that a conversation turned out in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.schema.language import other_language, spoken_language

SAMPLES = {
    "en": "So we walked up the hill and there was nobody, which was odd, because it was a Sunday and the sun was out. "
    "Then a dog came round the corner as if it had been waiting for us, and we looked at it, and it looked at the bag.",
    "de": "Also wir sind den Berg hinauf, und da war niemand, was komisch war, weil es doch ein Sonntag war und die "
    "Sonne schien. Dann kam ein Hund um die Ecke, als hätte er auf uns gewartet, und er hat die Tasche angeschaut.",
    "fr": "Alors on est montés sur la colline et il n'y avait personne, ce qui était bizarre parce que c'était un "
    "dimanche et qu'il faisait beau. Et puis un chien est arrivé, comme s'il nous attendait, et il a regardé le sac.",
    "es": "Pues subimos la cuesta y no había nadie, que era raro porque era domingo y hacía sol. Y entonces vino un "
    "perro por la esquina, como si nos estuviera esperando, y lo miramos, y él miró la bolsa con el pan un buen rato.",
    "it": "Allora siamo saliti su per la collina e non c'era nessuno, che era strano perché era domenica e c'era il "
    "sole. Poi è arrivato un cane, come se ci aspettasse, e lo abbiamo guardato, e lui ha guardato la borsa del pane.",
    "pt": "Então subimos a colina e não havia ninguém, o que era estranho, porque era domingo e fazia sol. Depois veio "
    "um cão da esquina, como se estivesse à nossa espera, e nós olhámos para ele, e ele olhou para o saco com o pão.",
    "nl": "Dus we liepen de heuvel op en er was niemand, wat gek was, want het was zondag en de zon scheen. Toen kwam "
    "er een hond om de hoek, alsof hij op ons had gewacht, en we keken naar hem en hij keek naar de tas met brood.",
    "ca": "Doncs vam pujar el turó i no hi havia ningú, cosa que era estranya perquè era diumenge i feia sol. I "
    "llavors va venir un gos, com si ens estigués esperant, i el vam mirar, i ell va mirar la bossa amb el pa i prou.",
    "pl": "No więc weszliśmy na górę i nikogo tam nie było, co było dziwne, bo była niedziela i świeciło słońce. "
    "Potem zza rogu wyszedł pies, jakby na nas czekał, i patrzył na torbę z chlebem, i nie chciał odejść, "
    "i tak już został.",
    "zh": "我们走上山坡，那里一个人也没有，很奇怪，因为那天是星期天，太阳也出来了。"
    "后来有一只狗从拐角跑过来，看着面包。",
    "ja": "坂を上がったら誰もいなくて、日曜日で晴れていたのに変だなと思いました。"
    "そのとき角から犬が来て、パンを見ていました。",
    "ko": "언덕을 올라갔는데 아무도 없었어요. 일요일이고 해도 났는데 이상했죠. "
    "그때 개가 한 마리 와서 빵이 든 가방을 쳐다봤어요.",
    "ru": "Мы поднялись на холм, и там никого не было, хотя было воскресенье и светило солнце. Потом вышла собака.",
    "ar": "صعدنا التل ولم يكن هناك أحد، وكان ذلك غريبا لأن اليوم كان الأحد والشمس ساطعة. ثم جاء كلب من الزاوية.",
    "hi": "हम पहाड़ी पर चढ़े और वहाँ कोई नहीं था, यह अजीब था क्योंकि उस दिन रविवार था और धूप निकली थी। फिर एक कुत्ता आया।",
}
SWEDISH = (
    "Så vi gick upp för backen och där fanns ingen, vilket var konstigt, för det var söndag och solen sken. Sedan kom "
    "en hund runt hörnet som om den hade väntat på oss, och vi tittade på den och den tittade på väskan med brödet."
)


@pytest.mark.parametrize("language", SAMPLES)
def test_the_language_is_told(language: str) -> None:
    assert spoken_language(SAMPLES[language]) == language


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "pt", "nl", "ca", "pl"])
def test_names_and_a_sentence_from_elsewhere_do_not_turn_it(language: str) -> None:
    quoted = "The sign said “Harbour closed until Monday”, and Giuseppe laughed. "
    assert spoken_language(quoted + 2 * SAMPLES[language]) == language


@pytest.mark.parametrize("text", ["", "Là!", "No. No, no.", "And the dog?", "犬だ", SAMPLES["de"][:120], SWEDISH])
def test_what_is_short_or_in_another_language_stays_undecided(text: str) -> None:
    assert spoken_language(text) is None


def test_two_languages_in_equal_parts_stay_undecided() -> None:
    assert spoken_language(SAMPLES["en"] + SAMPLES["de"]) is None


def test_the_language_asked_for_and_its_regions_are_no_other() -> None:
    assert other_language(SAMPLES["pt"], "pt-BR") is None
    assert other_language(SAMPLES["pt"], "PT") is None
    assert other_language(SAMPLES["en"], "en-GB") is None


def test_another_than_asked_for_is_named() -> None:
    assert other_language(SAMPLES["en"], "de") == "en"
    assert other_language(SAMPLES["ja"], "zh") == "ja"


def test_a_language_that_is_not_told_apart_is_only_surely_not_english() -> None:
    assert other_language(SAMPLES["ru"], "uk") is None  # as Ukrainian would be taken for Russian
    assert other_language(SAMPLES["en"], "uk") == "en"


@given(st.text(max_size=400), st.sampled_from([*SAMPLES, "sv", "uk", ""]))
def test_any_text_is_read(text: str, asked: str) -> None:
    assert other_language(text, asked) in {None, *SAMPLES}
