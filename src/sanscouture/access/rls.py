"""Migration operations that put the database itself in charge of isolation (chapter 08, ADR 0004)."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from sanscouture.access.where import Kind

PROGRAMMES = "programme_id = ANY (COALESCE((SELECT scope_programmes()), '{}'))"
NAMED = "programme_id = ANY (COALESCE((SELECT scope_named()), '{}'))"
OWN = f"user_id = (SELECT scope_user()) OR {PROGRAMMES}"
ANYWHERE = f"programme_id IS NULL OR {PROGRAMMES}"

POLICIES: dict[Kind, tuple[tuple[str, str, str, str], ...]] = {
    # (policy, command, USING, WITH CHECK)
    Kind.PROGRAMME: (("inside_programme", "ALL", PROGRAMMES, PROGRAMMES),),
    Kind.NAMED: (("inside_named", "ALL", NAMED, NAMED),),
    Kind.OWN: (("own_or_programme", "ALL", OWN, PROGRAMMES),),
    Kind.JOURNAL: (
        ("inside_read", "SELECT", PROGRAMMES, ""),
        ("anywhere_insert", "INSERT", "", f"programme_id IS NULL OR {PROGRAMMES} OR {NAMED}"),
    ),
    Kind.MESSAGE: (("inside_or_none", "ALL", ANYWHERE, ANYWHERE),),
    Kind.OPEN: (
        ("open_read", "SELECT", "true", ""),
        ("inside_insert", "INSERT", "", PROGRAMMES),
        ("inside_update", "UPDATE", PROGRAMMES, PROGRAMMES),
        ("inside_delete", "DELETE", PROGRAMMES, ""),
    ),
}


def _table(state: ProjectState, app_label: str, model_name: str) -> str:
    """The table of a model, read from the state without building its classes (which would cost seconds)."""
    table = state.models[app_label, model_name.lower()].options.get("db_table")
    return str(table or f"{app_label}_{model_name.lower()}")


class RowSecurity(Operation):
    """Guard a model's table by the policy of its kind, forced on the table's owner too."""

    reversible = True

    def __init__(self, model_name: str, kind: str) -> None:
        self.model_name = model_name
        self.kind = kind

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Policies are not part of Django's state."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table = _table(to_state, app_label, self.model_name)
        schema_editor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
        for name, command, using, check in POLICIES[Kind(self.kind)]:
            clauses = (f" USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "")
            schema_editor.execute(f'CREATE POLICY {name} ON "{table}" FOR {command}{clauses}')

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table = _table(from_state, app_label, self.model_name)
        for name, *_ in POLICIES[Kind(self.kind)]:
            schema_editor.execute(f'DROP POLICY {name} ON "{table}"')
        schema_editor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY')

    def describe(self) -> str:
        return f"Guard {self.model_name} by row-level security ({self.kind})"


class SameProgramme(Operation):
    """Tie a foreign key to the programme of its row: a row never points to a row of another programme.

    The target's table gets a unique index on (id, programme_id) if it has none yet.
    """

    reversible = True

    def __init__(self, model_name: str, *fields: str) -> None:
        self.model_name = model_name
        self.fields = fields

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Composite foreign keys are not part of Django's state."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table = _table(to_state, app_label, self.model_name)
        fields = to_state.models[app_label, self.model_name.lower()].fields
        for name in self.fields:
            label = fields[name].remote_field.model
            target = _table(to_state, *(label.split(".") if "." in label else (app_label, self.model_name)))
            schema_editor.execute(
                f'CREATE UNIQUE INDEX IF NOT EXISTS "{target}_id_programme" ON "{target}" (id, programme_id)'
            )
            schema_editor.execute(
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{name}_same_programme"'
                f' FOREIGN KEY ("{name}_id", programme_id) REFERENCES "{target}" (id, programme_id)'
                " DEFERRABLE INITIALLY DEFERRED"
            )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table = _table(from_state, app_label, self.model_name)
        for name in self.fields:
            schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_{name}_same_programme"')

    def describe(self) -> str:
        return f"Tie {', '.join(self.fields)} of {self.model_name} to the programme of the row"
