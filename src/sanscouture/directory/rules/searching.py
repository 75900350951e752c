"""What people type in a search box, and the words by which a service answers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from sanscouture.directory.rules import vocabulary
from sanscouture.territories.rules import search_key

SMALL_WORDS = (
    "a ai au aux avec ce ces cette chez comment dans de des du elle en est et il ils j je l la le les "
    "leur ma me mes mon n ne nos notre nous on ou par pas pour qu que qui s sa se ses si son sur ta te "
    "tes ton tu un une vos votre vous d c m t y cherche veux voudrais besoin aide "
)
STOPWORDS = frozenset(SMALL_WORDS.split())
MOST_WORDS = 8


def words_of(text: str) -> tuple[str, ...]:
    """Give the words that count in a question: without accents, small words left out, eight at most.

    >>> words_of("Je cherche une garde d’enfants !")
    ('garde', 'enfants')
    """
    words = [word for word in search_key(text).split() if word not in STOPWORDS]
    return tuple(dict.fromkeys(words))[:MOST_WORDS]


def keywords(name: str, organisation_name: str, thematiques: Iterable[str]) -> str:
    """Give the words that say best what a service is: its name, who carries it, its themes."""
    said = (search_key(name), search_key(organisation_name), *map(theme_words, sorted(thematiques)))
    return " ".join(filter(None, said))


@cache
def theme_words(thematique: str) -> str:
    """Give the words of a thématique; one that is not known yet is its own words."""
    return search_key(vocabulary.LABELS.get(thematique, thematique))
