"""Finding people by a part of their name or NIP, and accounts that were merged.

SQLite looks through an FTS5 table of trigrams that three triggers keep in step with the table of persons; whoever makes that
table anew (a batch migration) must make the triggers anew too. PostgreSQL has indexes of pg_trgm where that may be created;
without them a search reads the whole table, which is slower and finds the same.
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

TITLES_BEFORE = frozenset(
    "dr drs dra drg drh ir prof apt ns h hj kh pdt st ust letkol kol kompol akbp".split())
LIKE_LATIN = str.maketrans(
    "абвеёзікмнопрстуӯхѕјԁԛԝһүҽӏьαβεικνορτυχωγϲϳօոսհցքıłøđħŧƅɑɡɩ",
    "abbee3ikmhonpctyyxsjdqwhyelbabeikvoptuxwycjonuhgqilodhtbagi",
)
TRIGGERS = {
    "insert": "INSERT ON persons BEGIN {put} END",
    "delete": "DELETE ON persons BEGIN {take} END",
    "update": "UPDATE OF sought, nip, id ON persons BEGIN {take} {put} END",
}
PUT = "INSERT INTO find_persons (rowid, sought, nip) VALUES (new.id, new.sought, new.nip);"
TAKE = "INSERT INTO find_persons (find_persons, rowid, sought, nip) VALUES ('delete', old.id, old.sought, old.nip);"


def upgrade() -> None:
    """Apply."""
    postgresql = op.get_bind().dialect.name == 'postgresql'
    collated = ' COLLATE "C"' if postgresql else ''
    op.execute(f"ALTER TABLE persons ADD COLUMN sought VARCHAR{collated} NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE persons ADD COLUMN merged_into INTEGER "
               "CONSTRAINT fk_persons_merged_into REFERENCES persons (id) ON DELETE RESTRICT")
    _fill()
    op.create_index(op.f('ix_persons_sought'), 'persons', ['sought'])
    if postgresql:
        _index_trigrams()
    else:
        _create_trigrams()


def _fill() -> None:
    connection = op.get_bind()
    rows = [{"number": row.id, "sought": _sought(row.name)} for row in connection.execute(sa.text("SELECT id, name FROM persons"))]
    if rows:
        connection.execute(sa.text("UPDATE persons SET sought = :sought WHERE id = :number"), rows)


def _index_trigrams() -> None:
    connection = op.get_bind()
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.DBAPIError:
        return
    for column in ('sought', 'nip'):
        op.execute(f"CREATE INDEX find_persons_{column} ON persons USING gin ({column} gin_trgm_ops)")


def _create_trigrams() -> None:
    op.execute("CREATE VIRTUAL TABLE find_persons USING fts5(sought, nip, content='persons', content_rowid='id', "
               "tokenize='trigram case_sensitive 1')")
    op.execute("INSERT INTO find_persons (find_persons) VALUES ('rebuild')")
    for name, body in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER find_persons_{name} AFTER {body.format(put=PUT, take=TAKE)}")


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == 'postgresql':
        for column in ('sought', 'nip'):
            op.execute(f"DROP INDEX IF EXISTS find_persons_{column}")
    else:
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER find_persons_{name}")
        op.execute("DROP TABLE find_persons")
    op.drop_index(op.f('ix_persons_sought'), 'persons')
    op.execute("ALTER TABLE persons DROP COLUMN sought")
    op.execute("ALTER TABLE persons DROP COLUMN merged_into")


def _sought(name: str) -> str:
    """As lms.people.names writes it at this revision."""
    return "".join(f"  {word}" for word in _words(name))


def _words(text: str) -> list[str]:
    plain, _comma, after = text.partition(",")
    parts = plain.split()
    kept = [part for number, part in enumerate(parts) if not _is_title(part, number == 0 or _is_title(parts[number - 1], True))]
    kept += [part for part in after.replace(",", " ").split() if "." not in part and not (part.isupper() and len(part) <= 5)]
    return _folded(" ".join(kept)) or _folded(text)


def _is_title(part: str, first: bool) -> bool:
    if first:
        return part.endswith(".") and part.rstrip(".").casefold() in TITLES_BEFORE
    return bool(re.fullmatch(r"(?:\w{1,4}\.){2,}\w{0,4}|[SM]\.\w{1,5}\.", part))


def _folded(text: str) -> list[str]:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if unicodedata.category(sign) not in {"Mn", "Me", "Cf"})
    return re.findall(r"[^\W_]+", re.sub(r"['’‘ʼ`´]", "", bare.casefold().translate(LIKE_LATIN)))
