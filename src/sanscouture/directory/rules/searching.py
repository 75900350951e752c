"""What people type in a search box."""

from __future__ import annotations

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
