"""The questions of `sanscouture check`. Each answer is a sentence that says what to do; none holds personal data."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.mail import get_connection
from django.db import DatabaseError, connection

from sanscouture.access.rls import POLICIES
from sanscouture.cli.check import pending_migrations
from sanscouture.database.admin import POWERS
from sanscouture.database.archive import age_of
from sanscouture.database.backup import last_backup
from sanscouture.database.dsn import external
from sanscouture.database.layout import layout
from sanscouture.database.secrets import data_dir
from sanscouture.database.spool import folder_of, trouble_of
from sanscouture.jobs.selectors import QueueHealth, queue_health
from sanscouture.programmes.services.rotation import unknown_keys
from sanscouture.ui import assets

HOUR = 3600
BACKUP_LATE, BACKUP_LOST = 26 * HOUR, 7 * 24 * HOUR
JOB_LATE = 300  # seconds
CLOCK_APART = 5  # seconds
ROOM_SMALL, ROOM_NONE = 0.1, 0.02  # parts of a disk
LONG_SECRET = 50  # characters


class State(Enum):
    """An answer: its mark and its word."""

    GOOD = "✔ bon       "
    DOUBTFUL = "⚠ à voir    "
    WRONG = "✘ à corriger"


@dataclass(frozen=True)
class Finding:
    """One question, its answer, what to do."""

    name: str
    state: State
    sentence: str


def good(name: str, sentence: str) -> Finding:
    """Nothing to do."""
    return Finding(name, State.GOOD, sentence)


def doubtful(name: str, sentence: str) -> Finding:
    """One may serve; somebody should look."""
    return Finding(name, State.DOUBTFUL, sentence)


def wrong(name: str, sentence: str) -> Finding:
    """To be mended before one serves."""
    return Finding(name, State.WRONG, sentence)


def of_settings() -> list[Finding]:
    """What the environment says."""
    return [mode(), address(), secret_key(), publisher(), mail_sender(), sms(), *framework()]


def of_machine() -> list[Finding]:
    """What is on the disks."""
    return [secret_files(), *rooms(), static_files(), backups(_backup_age()), archive()]


def of_database() -> list[Finding]:
    """What the database says of itself, as the application sees it."""
    try:
        found = [server(), clock_of_database(), role(), migrations()]
        return found if found[-1].state is State.WRONG else [*found, policies(), field_keys(), worker(queue_health())]
    except DatabaseError as error:
        return [wrong("base", f"La base a refusé une question ({type(error).__name__})\u00a0: voyez son journal.")]


def mode() -> Finding:
    """Demonstration and debug modes are not for real names."""
    if settings.DEBUG:
        return wrong("mode", "SANSCOUTURE_DEBUG=1 montre l’intérieur du programme\u00a0: retirez-le.")
    if settings.DEMO:
        return doubtful("mode", "C’est la démonstration\u00a0: aucune vraie personne ne doit y être.")
    return good("mode", "Production.")


def address() -> Finding:
    """Mails lead to BASE_URL: it is https, and the site answers to its name."""
    parts = urlsplit(settings.BASE_URL)
    if parts.scheme != "https":
        found = "n’est pas en https\u00a0: les mots de passe passeraient en clair. Mettez un relais TLS devant le site."
        return (
            wrong("adresse", f"{settings.BASE_URL} {found}")
            if not settings.DEMO
            else doubtful("adresse", f"{settings.BASE_URL} {found}")
        )
    hosts = settings.ALLOWED_HOSTS
    if not any(parts.hostname == host or (host[:1] == "." and str(parts.hostname).endswith(host)) for host in hosts):
        return wrong("adresse", f"ALLOWED_HOSTS n’a pas {parts.hostname}\u00a0: le site refuse ses visiteurs.")
    if not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return doubtful(
            "adresse", "https sans relais déclaré\u00a0: TRUSTED_PROXIES dit combien il y en a devant le site."
        )
    return good("adresse", settings.BASE_URL)


def secret_key() -> Finding:
    """A given SECRET_KEY is long."""
    if len(settings.SECRET_KEY) < LONG_SECRET:
        return wrong("clé", f"SECRET_KEY a moins de {LONG_SECRET} caractères\u00a0: retirez-la, il s’en fait une.")
    return good("clé", "SECRET_KEY est longue.")


def publisher() -> Finding:
    """The legal page names who publishes."""
    if not settings.PUBLISHER:
        return doubtful("éditeur", "PUBLISHER manque\u00a0: les mentions légales ne nomment personne.")
    return good("éditeur", settings.PUBLISHER)


def mail_sender() -> Finding:
    """Mails have a sender of ours and a server."""
    if settings.DEMO:
        return good("courriels", "Démonstration\u00a0: aucun courriel ne part.")
    if ".example" in settings.DEFAULT_FROM_EMAIL:
        return wrong("courriels", "MAIL_DOMAIN ou DEFAULT_FROM_EMAIL manque\u00a0: l’expéditeur n’existe pas.")
    return good("courriels", f"Par {settings.EMAIL_HOST}\u00a0; --mail vérifie qu’il répond.")


def mail_server() -> Finding:
    """The mail server answers, with our account; nothing is sent."""
    try:
        with get_connection(fail_silently=False):
            return good("courriels", f"{settings.EMAIL_HOST} répond.")
    except OSError as error:  # smtplib's own errors are of this kind
        return wrong("courriels", f"{settings.EMAIL_HOST}\u00a0: {type(error).__name__}. Vérifiez EMAIL_…")


def sms() -> Finding:
    """Text messages leave, or one knows that they do not."""
    if settings.MESSAGE_CHANNELS["sms"].endswith(".StoredOnly"):
        return doubtful("SMS", "Aucun prestataire (SMS_CHANNEL)\u00a0: les SMS sont gardés et marqués non envoyés.")
    return good("SMS", settings.MESSAGE_CHANNELS["sms"])


def framework() -> Iterator[Finding]:
    """What Django's own checks say, those of deployment included."""
    said = run_checks(include_deployment_checks=True)
    kept = [one for one in said if not one.is_silenced()]
    for one in kept:
        make = wrong if one.level >= ERROR else doubtful
        yield make("Django", f"{one.id}\u00a0: {str(one.msg).splitlines()[0]}")
    if not kept:
        yield good("Django", "Ses contrôles de déploiement passent.")


def secret_files() -> Finding:
    """Nobody else on the machine reads the secrets."""
    folder = data_dir() / "secrets"
    paths = [folder, *folder.iterdir()] if folder.is_dir() else []
    open_ = [path.name for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_:
        return wrong("secrets", f"{folder}\u00a0: d’autres lisent {', '.join(open_)}. Faites chmod -R go= dessus.")
    return good("secrets", "Lisibles par ce compte seulement.")


def rooms() -> Iterator[Finding]:
    """There is room where data and backups go."""
    backup_dir = os.environ.get("BACKUP_DIR")
    for name, path in (("disque", data_dir()), *([("disque (sauvegardes)", Path(backup_dir))] if backup_dir else [])):
        existing = next((one for one in (path, *path.parents) if one.exists()), Path("/"))
        usage = shutil.disk_usage(existing)
        yield room(name, usage.free, usage.total)


def room(name: str, free: int, total: int) -> Finding:
    """Judge what is left of a disk."""
    said = f"{free / 1e9:.1f}\u00a0Go libres sur {total / 1e9:.0f}.".replace(".", ",", 1)
    if free < total * ROOM_NONE:
        return wrong(name, f"{said} La base va s’arrêter\u00a0: libérez de la place.")
    return doubtful(name, f"{said} Prévoyez plus de place.") if free < total * ROOM_SMALL else good(name, said)


def static_files() -> Finding:
    """Style and scripts can be published, or already are."""
    folder = Path(settings.STATIC_ROOT) / assets.version()
    if folder.is_dir():
        return good("fichiers", "Style et scripts publiés.")
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    if not os.access(existing, os.W_OK):
        return wrong("fichiers", f"{existing} ne peut pas être écrit\u00a0: les pages seraient sans style.")
    return good("fichiers", "Seront publiés au démarrage.")


def backups(age: float | None) -> Finding:
    """A backup was made since yesterday."""
    if age is None:
        return doubtful("sauvegarde", "Aucune d’ici\u00a0: lancez « sanscouture backup » chaque nuit.")
    said = f"La dernière a {age / HOUR:.0f}\u00a0heures."
    if age > BACKUP_LOST:
        return wrong("sauvegarde", f"{said} Relancez-les\u00a0: « sanscouture backup ».")
    return doubtful("sauvegarde", f"{said} Voyez ce qui l’arrête.") if age > BACKUP_LATE else good("sauvegarde", said)


def _backup_age() -> float | None:
    last = last_backup()
    return (datetime.now(UTC) - datetime.fromisoformat(last["at"])).total_seconds() if last else None


def archive() -> Finding:
    """The embedded server can come back to a given time."""
    if external():
        return doubtful("archive", "La restauration à une heure donnée est l’affaire de votre hébergeur.")
    place = layout()
    if trouble_of(place):
        return wrong("archive", f"Le journal ne s’archive plus\u00a0: {trouble_of(place)}")
    age = age_of(place)
    if folder_of(place) is None:
        return doubtful("archive", "Pas de restauration à une heure donnée\u00a0: « sanscouture archive DOSSIER ».")
    if age is None or age > BACKUP_LOST:
        return doubtful("archive", "Pas de copie de base depuis une semaine\u00a0: « sanscouture archive ».")
    return good("archive", f"En marche\u00a0; la dernière copie de base a {age / HOUR:.0f}\u00a0heures.")


def _row(sql: str) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return tuple(cursor.fetchone() or ())


def server() -> Finding:
    """The server answers."""
    major = int(str(_row("SHOW server_version_num")[0])) // 10000
    return good("base", f"PostgreSQL {major} répond.")


def clock_of_database() -> Finding:
    """Both machines tell the same time: delays and links are counted with it."""
    return clocks(time.time() - float(str(_row("SELECT extract(epoch FROM clock_timestamp())")[0])))


def clocks(apart: float) -> Finding:
    """Judge how far two clocks are apart."""
    if abs(apart) > CLOCK_APART:
        return wrong("horloge", f"{abs(apart):.0f}\u00a0s d’écart entre le site et la base\u00a0: réglez-les.")
    return good("horloge", "Le site et la base ont la même heure.")


def role() -> Finding:
    """The application owns nothing and lifts nothing."""
    if any(_row(POWERS)):
        return wrong("rôle", "Le rôle de l’application peut trop\u00a0: voyez « Database » dans docs/operations.md.")
    return good("rôle", "L’application ne possède rien et ne lève aucune règle.")


def migrations() -> Finding:
    """Tables are those of this version."""
    missing = pending_migrations()
    if missing:
        return wrong("tables", f"{len(missing)} mise(s) à jour en attente\u00a0: lancez « sanscouture migrate ».")
    return good("tables", "À jour.")


def policies() -> Finding:
    """Each table that belongs to a programme is guarded by the database itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity, array_remove(array_agg(polname::text), NULL)"
            " FROM pg_class LEFT JOIN pg_policy ON polrelid = pg_class.oid"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' GROUP BY 1, 2"
        )
        found = {name: (forced, set(names)) for name, forced, names in cursor.fetchall()}
    bare, count = [], 0
    for model in apps.get_models():
        kind = getattr(getattr(model, "access_scope", None), "kind", None)
        if kind in POLICIES:
            count += 1
            forced, names = found.get(model._meta.db_table, (False, set()))
            if not forced or names != {name for name, *_ in POLICIES[kind]}:
                bare.append(model._meta.db_table)
    if bare:
        return wrong("règles", f"Ouverte(s) à tout programme\u00a0: {', '.join(bare)}. Arrêtez le site.")
    return good("règles", f"{count} tables fermées ligne par ligne.")


def field_keys() -> Finding:
    """Every key that sealed fields need is here."""
    missing = sorted(unknown_keys())
    if missing:
        return wrong(
            "chiffrement",
            f"Il manque la clé {', '.join(missing)}\u00a0: des coordonnées et des notes sont illisibles. Remettez les "
            "fichiers field-key-… dans « secrets »\u00a0; rien n’est perdu d’ici là.",
        )
    return good("chiffrement", "Toutes les clés des coordonnées et des notes sont là.")


def worker(queue: QueueHealth) -> Finding:
    """Somebody does the work that waits."""
    if not queue.workers:
        return wrong("travaux", "Aucun worker\u00a0: rien ne part. Lancez « sanscouture worker ».")
    if queue.oldest_seconds > JOB_LATE:
        return doubtful("travaux", f"Le plus ancien attend depuis {queue.oldest_seconds // 60}\u00a0minutes.")
    if queue.failed:
        return doubtful("travaux", f"{queue.failed} en échec\u00a0: voyez les journaux.")
    return good("travaux", f"{queue.workers} worker, {queue.waiting} en attente.")
