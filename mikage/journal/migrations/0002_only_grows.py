"""The database itself refuses to change or remove a record, whoever asks (compliance 4.3, finding 3)."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION journal_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal only grows: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
GUARD = """
CREATE TRIGGER {table}_keeps_its_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION journal_only_grows();
CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION journal_only_grows();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keeps_its_rows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_not_emptied;
"""
UNGUARD = """
DROP TRIGGER {table}_keeps_its_rows ON {table};
DROP TRIGGER {table}_is_not_emptied ON {table};
"""
TABLES = ["journal_record", "journal_access"]


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_inbox")]
    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION journal_only_grows()"),
        *(migrations.RunSQL(GUARD.format(table=table), UNGUARD.format(table=table)) for table in TABLES),
    ]
