"""How much the demonstration plays (SCALE), and what to do when a database already holds another size of it."""

from __future__ import annotations

from dataclasses import dataclass

from sanscouture.demo.rules.places import STORIED

STORY, NATIONAL, STRESS = "story", "national", "stress"
NATION = 84
"""Programmes of the official list."""
INVENTED = NATION - len(STORIED)
"""Those without a story, filled with invented people."""
CROWD = 120_000
"""People that `stress` holds at least, as many in each of them."""


@dataclass(frozen=True)
class Scale:
    """A size. `people`: invented in each programme of the country that has no story; none: the stories alone."""

    name: str
    people: int = 0

    @property
    def needs_official_data(self) -> bool:
        """Whether it is played in all the programmes of the country, which only the official files tell."""
        return self.people > 0


SCALES = {
    one.name: one for one in (Scale(STORY), Scale(NATIONAL, people=100), Scale(STRESS, people=-(-CROWD // INVENTED)))
}
"""Each holds the one before."""

BEGUN = "+"
"""What follows the name of a size that was begun and is not whole."""


def wrong_scale(name: str, *, has_official_data: bool) -> str:
    """Say what is wrong with a size, empty when it can be built: unknown, or without the files that it needs."""
    if name not in SCALES:
        return f"SCALE vaut «\u00a0{name}\u00a0»\u00a0: choisissez {STORY}, {NATIONAL} ou {STRESS}."
    if SCALES[name].needs_official_data and not has_official_data:
        return (
            f"SCALE={name} joue tous les programmes de la liste officielle\u00a0: indiquez le dossier des données "
            "officielles par REFERENCE_DATA, ou restez à SCALE=story."
        )
    return ""


@dataclass(frozen=True)
class Course:
    """What to do with a database: build or not, go on or not, and the sentence to say first."""

    builds: bool
    goes_on: bool = True
    sentence: str = ""


def course(asked: str, built: str) -> Course:
    """Say how a database that holds the size `built` (empty: nothing yet) becomes the size asked.

    Rule: nothing is ever taken away. The stories grow into either larger size; a larger demonstration serves who asks
    for a smaller one; one size of the country does not become the other in place.
    """
    held, whole = built.removesuffix(BEGUN), not built.endswith(BEGUN)
    if held in {"", STORY} or (held == asked and not whole):
        return Course(builds=asked != held or not whole)
    if held == asked:
        return Course(builds=False)
    if asked != STORY:
        return Course(
            builds=False,
            goes_on=False,
            sentence=(
                f"Cette base contient la démonstration «\u00a0{held}\u00a0», qui ne se change pas en "
                f"«\u00a0{asked}\u00a0»\u00a0: rien n’a été touché. Prenez un autre dossier, par exemple "
                f"DATA_DIR=.data-{asked}, ou effacez celui-ci."
            ),
        )
    rest = "" if whole else f" Elle n’est pas complète\u00a0: SCALE={held} la termine."
    said = f"Cette base contient la démonstration «\u00a0{held}\u00a0», histoires comprises\u00a0: la voici.{rest}"
    return Course(builds=False, sentence=said)
