"""Derive `src/photocast/corpus/data/visual.tsv.gz` from WordNet 3.0: a word, and how well it can be photographed.

Run `apt-get install wordnet-base`, then `python scripts/build_visual_words.py`. The same release gives the same bytes.
WordNet is Princeton University's; its licence allows this, with the notice that is written beside the table.

The weight of a word is the share of its uses that a camera could see. WordNet counts how often each sense was met in a
hand-tagged corpus; every sense adds its uses times the visibility of its synset. Nouns, verbs, adjectives and adverbs
share one sum, so that `like` and `set` get little. Words of several parts (`hot dog`) are left out, because look-up is
by the single word; so are names, of which one talks more than one sees, and regular comparatives (`taller`).
"""

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

WORDNET = Path("/usr/share/wordnet")
DATA = Path(__file__).resolve().parents[1] / "src/photocast/corpus/data"

UNTAGGED = 0.5
"""Uses that the first sense of a word is given beyond those counted; the sense of rank r gets this divided by r."""
INFLECTED = 0.3
"""Part of a lemma's uses that one inflected form takes. It matters where words share a form: `saw` is mostly `see`."""
LEAST = 0.1
"""Words below are left out. That is also what the many adjectives of size in common talk fall under."""

FILES = {
    "noun": {5: 1.0, 6: 0.9, 8: 0.8, 13: 0.9, 17: 0.9, 18: 0.2, 20: 1.0, 25: 0.4, 27: 0.4},
    "verb": {29: 0.4, 34: 0.4, 35: 0.4, 38: 0.3, 43: 0.4},
}
"""Visibility by lexicographer file. Nouns: animal, artifact, body, food, object, person, plant, shape, substance.
Verbs: body, consumption, contact, motion, weather. A picture holds what an action is done with, rarely the action."""

KINDS: list[tuple[float, str]] = [
    # The heads of three files, which are filed with the most general nouns.
    (1.0, "animal.1 plant.2"),
    (0.9, "food.2"),
    # Artifacts and bodies of every sort that no lens meets, or that show as a box or a screen at most.
    (
        0.0,
        """drug_of_abuse.1 communication_system.1 communication_system.2 network.2 network.4 network.5
        computer_network.1 computer_circuit.1 system.3 taxonomic_group.1 microorganism.1 cell.2 nerve.1 tissue.1
        gland.1 unit.5 spiritual_being.1 imaginary_being.1 atom.1 molecule.1 chemical.1 gas.2 acid.1 diet.1
        diet.3 god.1 devil.1""",
    ),
    (0.2, "drug.1 internal_organ.1 vessel.1 body.4 chemical_element.1 compound.2 homo.2"),
    # What is seen although its file mostly is not: substances, weather and light, land and towns, signs, occasions.
    (
        1.0,
        """body_of_water.1 geological_formation.1 water.1 sand.1 snow.2 ice.1 mud.1 wood.1 rock.2 glass.1 paper.1
        beverage.1 rainbow.1""",
    ),
    (
        0.9,
        """snow.1 rain.1 cloud.1 fog.1 lightning.1 sunset.1 sunset.2 sunrise.1 flame.1 smoke.1 fire.1 fire.3 forest.1
        wood.2 herd.1 animal_group.1 park.1 park.2 yard.3 field.1 drawing.1 poster.1 sign.2 flag.4 coin.1
        facial_expression.1 kiss.1 hug.1 shadow.1 shadow.2 blood.1 metal.2""",
    ),
    (
        0.7,
        """tract.1 city.1 town.1 village.1 village.2 crowd.1 parade.1 fleet.1 fleet.2 fleet.3 wedding.1 heap.1 queue.1
        bunch.1 storm.1 precipitation.3 wave.1 celestial_body.1 dance.3 swimming.1 picnic.3 horizon.1 gesture.2
        square.3 playground.1""",
    ),
    (
        0.5,
        """light.1 weather.1 sport.1 ceremony.1 party.4 night.1 dawn.1 family.2 band.5 audience.1 book.1 newspaper.1
        magazine.1 metallic_element.1""",
    ),
    # People whom age, clothes or tools show. Of the rest a picture says that somebody is there.
    (
        0.9,
        """baby.1 child.1 boy.1 girl.1 bride.1 bride.3 groom.1 groom.3 rider.1 rider.3 swimmer.1 soldier.1
        policeman.1 fireman.4 clown.2 acrobat.1 nude.3""",
    ),
    (0.8, "juvenile.1 man.1 woman.1 athlete.1 serviceman.1 musician.1 sailor.1 waiter.1 cook.1 king.1 queen.2"),
    (0.5, "performer.1 traveler.1 relative.1 skilled_worker.1 clergyman.1 nurse.1 farmer.1 parent.1 guard.1"),
]
"""Visibility of nouns by what they are a kind of, as lemma and number of the sense. The nearest kind decides, before
the file does."""

MEN = ("woman", "chman", "dman", "eman", "iman", "kman", "lman", "nman", "pman", "rman", "sman", "tman", "yman")
"""Ends of the nouns whose plural is in -men. WordNet knows them by rule; `human` and `roman` are not among them."""

LOOKS: list[tuple[float, str]] = [
    (0.7, "color hue complexion curliness opacity"),
    (0.5, "light luminosity shape orientation texture cubicity wetness"),
    (0.3, "height width thickness stature body_weight clearness evenness sharpness cleanness beauty solidity"),
    (0.1, "size length depth fullness"),
]
"""Visibility of adjectives by the attribute that their cluster is about."""
MADE_OF = 0.5
"""Visibility of an adjective whose gloss says what something is made of or covered with: `wooden`, `snowy`, `tiled`."""

FUNCTION_WORDS = """
    the and but nor for yet not all any both each every either neither few many more most much none some such own same
    other another this that these those who whom whose which what when where why how here there then than thus hence
    you your yours she her hers him his they them their theirs its our ours are was were been being am is has have had
    having does did done doing can could will would shall should may might must ought don won ain
    about above across after against along among around at before behind below beneath beside between beyond by
    despite down during except from in inside into like near of off on onto out outside over past per round since
    through throughout to toward under until up upon versus via with within without
    just only very too also even still well now ever never always again once quite rather almost
    yes yeah yep nope okay hey hello wow huh hmm mhm uh-huh gee gosh wanna gonna gotta kinda sorta lot lots bit
"""
"""Counted in WordNet, if at all, in rare senses: a can is a tin, a will is a paper, down is of feathers."""

CAPS: list[tuple[float, str]] = [
    # Filed with objects that can be touched, but said of anything at all.
    (
        0.0,
        """thing stuff whatnot part piece unit item object product creation work structure system facility way means
        medium source tool tooling device layer core model approach path track step setup figure couple place point
        architecture infrastructure interface universe source cluster segment loop link line field mine gig general
        variable solution need requirement representation nobody somebody someone anyone anybody everyone everybody
        people folk back side""",
    ),
    # Verbs of contact and motion whose common use moves nothing that can be seen.
    (
        0.0,
        """use put come go bring take get give send turn move run reach follow hit leave set keep let make return start
        pass fall rise raise approach access hold meet cut drop pick catch release launch install implement import""",
    ),
    # Newer than the tagged texts, which are of the 1960s: of these, software is meant at least as often as the object.
    (
        0.3,
        """browser bug cache cloud container dashboard desktop docker editor engine file hardware host icon kernel key
        library module monolith node package page pipeline platform port queue repository router sandbox scheduler
        server shell site stack thread web agent bot python java rust amazon apple""",
    ),
    # Address and names: a guy is not a rope, and a John not a toilet.
    (0.2, "guy dude world earth"),
    (
        0.0,
        """john johnny ben sam mike nick jack bill bob tom harry jimmy jenny jerry frank grant pat carol dale glen cliff
        rob drew angelica erica veronica timothy peter chuck dick mac dell""",
    ),
]
"""The most that a lemma and its forms can weigh, where kind and file say too much. Found by reading what weighed most
in ninety episodes of talk."""

NEWER = {"selfie": 0.8, "smartphone": 0.9, "hoodie": 0.9, "webcam": 0.8, "barista": 0.6, "skateboarder": 0.9}
"""Words that WordNet 3.0 lacks."""


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a lemma."""

    synset: str
    uses: float


@dataclass(frozen=True, slots=True)
class Synset:
    """What the words of one meaning share: their file, what they point to in which way, and their gloss."""

    file: int
    pointers: dict[str, list[str]]
    gloss: str

    def to(self, way: str) -> Iterable[str]:
        """The synsets that it points to in this way: `@` to its kind, `&` to what it is similar to."""
        return self.pointers.get(way, ())


def main() -> None:
    """Write the table, a word a line with its weight, and the licence beside it."""
    weights = {word: weight for word, weight in sorted(lexicon().items()) if weight >= LEAST}
    table = "\n".join(f"{word}\t{weight:.2f}" for word, weight in weights.items())
    DATA.mkdir(parents=True, exist_ok=True)
    (DATA / "visual.tsv.gz").write_bytes(gzip.compress(table.encode("ascii"), compresslevel=9, mtime=0))
    (DATA / "WORDNET-LICENSE.txt").write_text(licence(), encoding="ascii")
    print(f"visual.tsv.gz: {len(weights)} words, {(DATA / 'visual.tsv.gz').stat().st_size} bytes")


def lexicon() -> dict[str, float]:
    """Every single word and form that WordNet knows, with its weight before rounding."""
    uses: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    counts = _counts()
    caps = {lemma: cap for cap, lemmas in CAPS for lemma in lemmas.split()}
    for part in ("noun", "verb", "adj", "adv"):
        synsets, irregular = _synsets(part), _irregular(part)
        visible = _visibility(part, synsets)
        for lemma, senses in _senses(part, counts).items():
            cap = caps.get(lemma, 1.0)
            total = sum(sense.uses for sense in senses)
            seen = sum(sense.uses * min(visible[sense.synset], cap) for sense in senses)
            for form, share in _forms(lemma, part, irregular[lemma]).items():
                uses[form][0] += share * total
                uses[form][1] += share * seen
    weights = {word: seen / total for word, (total, seen) in uses.items()}
    newer = {form: weight for word, weight in NEWER.items() for form in _forms(word, "noun", set())}
    return weights | newer | dict.fromkeys(FUNCTION_WORDS.split(), 0.0)


def licence() -> str:
    """The notice at the head of WordNet's own files, without their line numbers."""
    lines = []
    with (WORDNET / "data.noun").open(encoding="utf-8") as file:
        for line in file:
            if not line.startswith("  "):
                break
            lines.append(re.sub(r"^ *\d+ ?", "", line).rstrip())
    return "\n".join(lines) + "\n"


def _visibility(part: str, synsets: dict[str, Synset]) -> dict[str, float]:
    """How well each synset can be photographed, 0 to 1."""
    invisible = dict.fromkeys(synsets, 0.0)
    rate = {"noun": _nouns, "verb": _verbs, "adj": _adjectives}.get(part)
    return invisible | rate(synsets) if rate else invisible


def _nouns(synsets: dict[str, Synset]) -> dict[str, float]:
    kinds = _kinds()
    visible = {}
    for offset, synset in synsets.items():
        if not synset.to("@i"):  # not a name
            visible[offset] = _nearest(offset, synsets, kinds, FILES["noun"].get(synset.file, 0.0))
    return visible


def _kinds() -> dict[str, float]:
    """The synsets of `KINDS`, each with its visibility."""
    numbered = {lemma: [sense.synset for sense in senses] for lemma, senses in _senses("noun", {}).items()}
    kinds = {}
    for weight, names in KINDS:
        for name in names.split():
            lemma, number = name.split(".")
            kinds[numbered[lemma][int(number) - 1]] = weight
    return kinds


def _nearest(offset: str, synsets: dict[str, Synset], kinds: dict[str, float], default: float) -> float:
    """The weight of the nearest kind on the way up; the mean of several that are equally near."""
    level = {offset}
    while level:
        if found := [kinds[one] for one in level if one in kinds]:
            return sum(found) / len(found)
        level = {above for one in level for above in synsets[one].to("@")}
    return default


def _verbs(synsets: dict[str, Synset]) -> dict[str, float]:
    """By file; half for the verbs that are a kind of no other, such as going, which say least of what is seen."""
    return {
        offset: FILES["verb"].get(synset.file, 0.0) * (1.0 if synset.to("@") else 0.5)
        for offset, synset in synsets.items()
    }


def _adjectives(synsets: dict[str, Synset]) -> dict[str, float]:
    nouns = _senses("noun", {})
    looks = {sense.synset: weight for weight, names in LOOKS for name in names.split() for sense in nouns[name]}
    heads = {
        offset: max((looks.get(target, 0.0) for target in synset.to("=")), default=0.0)
        for offset, synset in synsets.items()
    }
    visible = {}
    for offset, synset in synsets.items():
        similar = max((heads[head] for head in synset.to("&")), default=0.0)
        made = MADE_OF if re.match(r"(made|covered|decorated)\b", synset.gloss) else 0.0
        visible[offset] = max(heads[offset], similar, made)
    return visible


def _forms(lemma: str, part: str, irregular: set[str]) -> dict[str, float]:
    """The lemma and its plural or its verb forms, each with its part of the uses; none for what is not one word."""
    if not re.fullmatch(r"[a-z]{3,}(-[a-z]+)*|tv", lemma):
        return {}
    forms = set(irregular)
    if part == "noun" and (not forms or lemma.endswith("s")):  # `busses` is listed, `buses` is not
        forms.add(f"{lemma[:-3]}men" if lemma.endswith(MEN) else _with_s(lemma))
    if part == "verb":
        forms |= {_with_s(lemma)} | _regular_verb_forms(lemma, irregular)
    return {lemma: 1.0} | dict.fromkeys(forms - {lemma}, INFLECTED)


def _regular_verb_forms(lemma: str, irregular: set[str]) -> set[str]:
    """What WordNet does not list for a verb: it lists `stopping`, and `travelled` but not `traveled`."""
    listed = set() if re.search(r"[aeiou][^aeiou]+[aeiou][ls]$", lemma) else irregular
    forms = set()
    if not any(form.endswith("ing") for form in listed - {lemma}):
        forms.add(lemma[:-2] + "ying" if lemma.endswith("ie") else re.sub(r"(?<![eoy])e$", "", lemma) + "ing")
    if all(form.endswith("ing") for form in listed):
        forms.add(re.sub(r"(?<![aeiou])y$", "i", lemma).removesuffix("e") + "ed")
    return forms


def _with_s(word: str) -> str:
    if re.search(r"(s|x|z|ch|sh)$", word):
        return f"{word}es"
    return re.sub(r"(?<![aeiou])y$", "ie", word) + "s"


def _synsets(part: str) -> dict[str, Synset]:
    """The synsets of a part of speech by their offset. The format is that of wndb(5WN)."""
    code = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}[part]
    synsets = {}
    for line in _lines(f"data.{part}"):
        fields, gloss = line.split(" | ", 1)
        offset, file, _, words, *rest = fields.split()
        rest = rest[2 * int(words, 16) :]
        pointers = [rest[1 + 4 * i : 5 + 4 * i] for i in range(int(rest[0]))]
        ways: dict[str, list[str]] = {}
        for symbol, target, of, _ in pointers:
            # An adjective's attributes are nouns; the other ways that are followed stay in one part of speech.
            if of == code or symbol == "=":
                ways.setdefault(symbol, []).append(target)
        synsets[offset] = Synset(int(file), ways, gloss)
    return synsets


def _senses(part: str, counts: dict[tuple[str, str, int], int]) -> dict[str, list[Sense]]:
    """The senses of each lemma, the most used first, as WordNet orders them."""
    senses = {}
    for line in _lines(f"index.{part}"):
        lemma, _, number, *rest = line.split()
        senses[lemma] = [
            Sense(synset, counts.get((lemma, part, rank), 0) + UNTAGGED / rank)
            for rank, synset in enumerate(rest[-int(number) :], start=1)
        ]
    return senses


def _counts() -> dict[tuple[str, str, int], int]:
    """How often each sense was tagged, by lemma, part of speech and number of the sense. Format of cntlist(5WN)."""
    parts = {"1": "noun", "2": "verb", "3": "adj", "4": "adv", "5": "adj"}
    counts = {}
    for line in _lines("cntlist.rev"):
        key, number, count = line.split()
        lemma, _, rest = key.partition("%")
        counts[lemma, parts[rest[0]], int(number)] = int(count)
    return counts


def _irregular(part: str) -> dict[str, set[str]]:
    """The irregular forms of each lemma that has some."""
    forms = defaultdict(set)
    if part in ("noun", "verb"):
        for line in _lines(f"{part}.exc"):
            form, *lemmas = line.split()
            for lemma in lemmas:
                forms[lemma].add(form)
    return forms


def _lines(name: str) -> Iterator[str]:
    """The lines of a file of WordNet but for the licence at its head."""
    if not (WORDNET / name).exists():
        raise SystemExit(f"{WORDNET / name} is missing: the table is made from it. Run: apt-get install wordnet-base")
    with (WORDNET / name).open(encoding="utf-8") as file:
        yield from (line for line in file if not line.startswith("  "))


if __name__ == "__main__":
    main()
