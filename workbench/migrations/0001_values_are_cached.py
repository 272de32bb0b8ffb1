from django.db import migrations


class Migration(migrations.Migration):
    """The table of the cache, as ``createcachetable`` would make it, wherever tables are made."""

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE IF NOT EXISTS cached_values (
                cache_key varchar(255) NOT NULL PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX IF NOT EXISTS cached_values_expire ON cached_values (expires);
            """,
            reverse_sql="DROP TABLE cached_values",
        )
    ]
