"""The commands of the program, each with a sentence; the others are Django's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """A command: what it does, and the function that runs it (none: the management command of that name)."""

    sentence: str
    target: str = ""


COMMANDS = {
    "demo": Command("Prépare et lance la démonstration sur cette machine.", "sanscouture.cli.demo:demo"),
    "serve": Command("Sert le site (HOST, PORT).", "sanscouture.cli.serve:serve"),
    "worker": Command("Exécute les travaux en attente et périodiques.", "sanscouture.cli.jobs:worker"),
    "migrate": Command("Met les tables à jour, avec le rôle propriétaire."),
    "check": Command("Vérifie l’installation\u00a0: réglages, base, tables à jour.", "sanscouture.cli.check:check"),
    "backup": Command("Sauvegarde la base dans un fichier chiffré.", "sanscouture.cli.backup:backup"),
    "restore": Command(
        "Remet la base d’une sauvegarde, ou d’une heure donnée\u00a0: --at.", "sanscouture.cli.backup:restore_command"
    ),
    "archive": Command(
        "Archive en continu la base embarquée\u00a0: archive DOSSIER.", "sanscouture.cli.archive:archive"
    ),
    "rotate-keys": Command(
        "Renouvelle la clé qui chiffre les coordonnées et les notes.", "sanscouture.cli.keys:rotate"
    ),
    "import-territories": Command("Importe régions, départements, communes, quartiers prioritaires et programmes."),
    "invite": Command("Invite une personne dans un programme\u00a0: --programme, --role, --email [--organisation]."),
    "outbox": Command("Liste les messages peut-être partis\u00a0; outbox --again ID… en renvoie."),
    "import-offer": Command("Importe les structures et services au format data·inclusion."),
    "qpv": Command("Dit si chaque ligne d’un fichier est dans un QPV\u00a0: --csv ENTREE SORTIE --lat --lon."),
    "requalify": Command("Cherche de nouveau le QPV des personnes\u00a0: --generation, --programme, --trial."),
    "generate-offer": Command("Crée des services inventés pour la démonstration et les mesures."),
    "demo-accounts": Command("Donne les comptes de la démonstration (--json pour une machine)."),
    "dbshell": Command("Ouvre psql\u00a0: dbshell [--role app|owner] -- ARGUMENTS…", "sanscouture.cli.db:dbshell"),
    "db": Command("Gère la base embarquée\u00a0: db start, db stop, db status [--json].", "sanscouture.cli.db:db"),
}
SERVERS = frozenset({"demo", "serve", "worker"})
"""What works until it is told to stop; the other commands have an end to reach."""
OWNERS = frozenset({"migrate", "makemigrations", "sqlmigrate", "showmigrations", "flush", "sqlflush"})
DATABASE_FREE = frozenset(
    {"collectstatic", "makemessages", "compilemessages", "help", "version", "findstatic", "diffsettings"}
)
VARIABLES = {
    "HOST, PORT": "adresse du serveur (127.0.0.1, 8000)",
    "DATA_DIR": "dossier des données (.data)",
    "DATABASE_URL": "base PostgreSQL à employer au lieu de la base embarquée",
    "REFERENCE_DATA": "dossier des données officielles (../shared/data s’il existe)",
    "SCALE": "taille de la démonstration\u00a0: story, national ou stress",
}


def usage() -> str:
    """Write the help of the program."""
    width = max(map(len, [*COMMANDS, *VARIABLES])) + 2
    lines = ["Usage\u00a0: sanscouture COMMANDE [OPTIONS]", "", "Commandes\u00a0:"]
    lines += [f"  {name:<{width}}{command.sentence}" for name, command in COMMANDS.items()]
    lines += [
        "",
        "Toute autre commande est celle de Django (« sanscouture help --commands » les liste).",
        "",
        "Variables\u00a0:",
    ]
    lines += [f"  {name:<{width}}{sentence}" for name, sentence in VARIABLES.items()]
    return "\n".join(lines) + "\n"
