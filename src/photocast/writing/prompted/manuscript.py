"""The script while a model writes it: turns are taken, taken back and put in the words of somebody else."""

from dataclasses import dataclass, field, replace

from photocast import __version__
from photocast.schema import Provenance, Script, Speaker, Turn, Way
from photocast.writing.keeping import with_kept
from photocast.writing.prompted.events import Event, Heard, Listener, TakenBack
from photocast.writing.prompted.linking import Linker
from photocast.writing.prompted.said import Said
from photocast.writing.prompted.work import Work

_DISCLOSURE = {
    Way.DIRECT: "Made by a machine: the language model {model} looked at the photos and wrote this conversation.",
    Way.FACTS: "Made by a machine: the language model {model} wrote this conversation from notes about the photos.",
}
_INVENTED = " The hosts do not exist; what they tell of themselves is invented."


def silent(event: Event) -> None:
    """Listens to nothing."""


@dataclass
class Manuscript:
    """The script so far."""

    work: Work
    kept: tuple[Turn, ...] = ()
    """Turns that stay from an earlier script; they are put among the others at the end."""
    tell: Listener = silent
    turns: list[Turn] = field(default_factory=list)
    strangers: dict[str, str] = field(default_factory=dict)
    """Whom the model had say a turn that a host says now, by the turn."""
    notes: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Photos that the model will not speak of."""
    refusals: int = 0
    """Refused answers in a row."""
    written: int = 0
    """Parts that are done."""
    answered_by: str | None = None

    def __post_init__(self) -> None:
        self._linker = Linker(self.work.photos, self.work.facts)
        self._stand_ins: dict[str, str] = {}
        self._own: set[str] = set()
        """Hosts that speak under their own names."""
        self._cast = tuple(host.name for host in self.work.hosts)

    def take(self, said: Said) -> None:
        """Add a turn, with the names of people in it."""
        host = self.work.told_hosts.get(said.speaker)
        who = self.work.telling.show(said.speaker) or "nobody"
        near = next((turn.photos for turn in reversed(self.turns) if turn.photos), ())
        speaker = host or self._stand_in(who)
        turn = self._linker.turn(shown(said, self.work), self._next_id(), speaker=speaker, near=near)
        if turn is None:
            return
        if host:
            self._own.add(host)
        else:
            self.strangers[turn.id] = who
        self.turns.append(turn)
        self.tell(Heard(turn, cast=self._cast))

    def take_back(self, count: int) -> None:
        """Forget all turns after the first `count`."""
        dropped = tuple(turn.id for turn in self.turns[count:])
        del self.turns[count:]
        for turn in dropped:
            self.strangers.pop(turn, None)
        if dropped:
            self.tell(TakenBack(dropped))

    def drop_echo(self, since: int) -> None:
        """Forget the last turns after the first `since` that say word for word what was said before."""
        lines = [" ".join(turn.text.casefold().split()) for turn in self.turns]
        end = len(lines)
        while end > since + 1 and lines[end - 1] in lines[: end - 1]:
            end -= 1
        self.take_back(end)

    def put(self, turn: Turn) -> None:
        """Put a turn in the place of the one with its id; nobody hears of it yet."""
        self.strangers.pop(turn.id, None)
        self.turns = [turn if one.id == turn.id else one for one in self.turns]

    def tell_again(self, turn: Turn) -> None:
        """Let it be heard that a turn is in the place of the one with its id."""
        self.tell(Heard(turn, again=True, cast=self._cast))

    def words(self, since: int = 0) -> int:
        """Words of the turns after the first `since`."""
        return sum(len(turn.text.split()) for turn in self.turns[since:])

    def unknown(self) -> dict[str, str]:
        """The strangers who are no host under another name: those whose host speaks as well."""
        speakers = {turn.id: turn.speaker for turn in self.turns}
        return {turn: who for turn, who in self.strangers.items() if speakers[turn] in self._own}

    def script(self, model: str) -> Script:
        """The whole script, with the turns that stay.

        Args:
            model: the name of who wrote it.
        """
        work, named = self.work, self.answered_by
        name = model if not named or named in model else f"{model} ({named})"
        return Script(
            title=work.album.title[:1].upper() + work.album.title[1:],
            speakers=tuple(Speaker(name=host.name, character=host.character) for host in work.hosts),
            turns=tuple(with_kept(self.turns, self.kept)),
            language=work.brief.language,
            provenance=Provenance(
                writer=work.way.value,
                writer_version=__version__,
                model=name,
                prompts=work.prompts.version,
                seed=work.brief.seed,
                disclosure=_DISCLOSURE[work.way].format(model=name) + _INVENTED,
                delivery=work.delivery,
            ),
        )

    def _next_id(self) -> str:
        taken = {turn.id for turn in self.kept}
        number = int(self.turns[-1].id[1:]) + 1 if self.turns else 1
        while f"t{number:03d}" in taken:
            number += 1
        return f"t{number:03d}"

    def _stand_in(self, who: str) -> str:
        """The host who says what somebody says who is none.

        While no host has spoken, the model has names of its own for them: each is a host, the same all the time.
        Later it is whoever did not speak last.
        """
        names = [host.name for host in self.work.hosts]
        if who not in self._stand_ins and not self._own:
            free = [name for name in names if name not in self._stand_ins.values()]
            if free:
                self._stand_ins[who] = free[0]
        last = self.turns[-1].speaker if self.turns else ""
        return self._stand_ins.get(who) or next(name for name in names if name != last)


def shown(said: Said, work: Work) -> Said:
    """A turn with the names of people, and with the ids of observations, in the place of what stood for them."""
    show, meant = work.telling.show, work.telling.meant
    claims = tuple(
        replace(claim, words=show(claim.words), facts=tuple(map(meant, claim.facts))) for claim in said.claims
    )
    return replace(said, text=show(said.text), claims=claims, stress=tuple(map(show, said.stress)))
