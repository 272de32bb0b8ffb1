from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('annotations', '0027_people_are_forgotten'),
    ]

    operations = [
        # To compress them took the database longer than all else about them.
        migrations.RunSQL(
            """
            ALTER TABLE annotations_agreementrow
                ALTER COLUMN counts SET STORAGE EXTERNAL,
                ALTER COLUMN later_counts SET STORAGE EXTERNAL
            """,
            """
            ALTER TABLE annotations_agreementrow
                ALTER COLUMN counts SET STORAGE EXTENDED,
                ALTER COLUMN later_counts SET STORAGE EXTENDED
            """,
        ),
        # Words are kept in another way: the sweeper has all of them measured again.
        migrations.RunSQL(
            """
            UPDATE annotations_agreementrow
            SET measured_version = 0, counts = NULL, later_counts = NULL
            """,
            migrations.RunSQL.noop,
        ),
    ]
