"""Names of people and organisations that do not exist, as many as a country needs. The same luck draws the same."""

from __future__ import annotations

from random import Random

FIRST_NAMES = (
    "Abel", "Adama", "Aïssata", "Alban", "Alizée", "Amel", "Anaïs", "Anton", "Armelle", "Assia", "Aubin", "Awa",
    "Bakary", "Baptiste", "Bérénice", "Bilal", "Blanche", "Boubacar", "Brahim", "Camille", "Célestin", "Chahinez",
    "Clarisse", "Corentin", "Dalila", "Damien", "Dimitri", "Djibril", "Dounia", "Edwige", "Elif", "Elias", "Émilien",
    "Esther", "Eugénie", "Fanta", "Faustine", "Félicien", "Fouzia", "Gaëtan", "Gloria", "Guillemette", "Hadja",
    "Hamid", "Hélio", "Hortense", "Ibtissem", "Idriss", "Ilona", "Inaya", "Irina", "Jade", "Jocelyn", "Joris",
    "Kader", "Kamila", "Karima", "Killian", "Kumba", "Léandre", "Leïla", "Lilian", "Lorène", "Loubna", "Maëlle",
    "Malik", "Marius", "Mariam", "Maxence", "Mehdi", "Mélissa", "Mirela", "Modibo", "Nabil", "Naïma", "Nolwenn",
    "Nour", "Octave", "Olga", "Orlane", "Oumar", "Pénélope", "Perrine", "Petra", "Philomène", "Rayan", "Renaud",
    "Rita", "Rodolphe", "Romane", "Sabri", "Salomé", "Sanaa", "Selma", "Sibylle", "Slimane", "Soraya", "Souleymane",
    "Suzon", "Swann", "Tamara", "Thaïs", "Thibault", "Titouan", "Valentine", "Viorel", "Wendy", "Willy", "Yacine",
    "Yaëlle", "Youssouf", "Yvonne", "Zakaria", "Zineb",
)  # fmt: skip
HEADS = (
    "Abri", "Amar", "Bari", "Belle", "Boule", "Brian", "Caza", "Chante", "Clai", "Dari", "Dela", "Dori", "Entre",
    "Fabre", "Ferra", "Fonte", "Gari", "Gouve", "Haute", "Isa", "Joli", "Kari", "Lava", "Loui", "Mara", "Merle",
    "Mori", "Naza", "Noire", "Ouba", "Pelle", "Pontai", "Quere", "Rava", "Rouge", "Saba", "Sauve", "Tara", "Touze",
    "Vale", "Verde", "Ziga",
)  # fmt: skip
MIDDLES = (
    "ba", "bou", "cha", "cou", "de", "di", "dou", "fi", "ga", "gue", "la", "li", "lou", "ma", "mi", "na", "no", "pa",
    "ra", "ri", "rou", "sa", "ta", "vi",
)  # fmt: skip
TAILS = (
    "bert", "chard", "cier", "court", "dane", "dier", "fleur", "gane", "goy", "lane", "lier", "mont", "nard", "nier",
    "quin", "rade", "rand", "rède", "ric", "rol", "sard", "tane", "tier", "val", "ville", "zan",
)  # fmt: skip
PLACES = (
    "du Fuseau", "de la Quenouille", "des Trois Navettes", "du Métier à tisser", "de la Pelote", "des Deux Ourlets",
    "du Ruban clair", "de la Maille", "du Bouton de nacre", "des Passementiers", "de la Doublure", "du Point de croix",
    "des Cordelières", "du Canevas", "de la Boutonnière", "du Fil d’Ariane", "des Écheveaux", "de la Chaîne et trame",
    "du Velours bleu", "des Petites Mains", "de la Craie tailleur", "du Galon d’or", "de la Soie grège",
    "des Aiguillages", "du Patron pointé",
)  # fmt: skip
PHONES = 10_000


def first_name(luck: Random) -> str:
    """Draw a first name."""
    return luck.choice(FIRST_NAMES)


def last_name(luck: Random) -> str:
    """Put together a last name; some twenty-six thousand are possible."""
    return luck.choice(HEADS) + luck.choice(MIDDLES) + luck.choice(TAILS)


def phone(luck: Random) -> str:
    """Draw a number of the range that is kept for fiction, as it is stored."""
    return f"+3363998{luck.randrange(PHONES):04d}"
