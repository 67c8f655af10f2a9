"""The index of words knows ten days of numbers: what is asked of the last weeks does not grow with the years before."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

# Every search reads what waits to be filed into the index, once for each of the tens of days: it is kept short.
# A trusted extension of PostgreSQL's own: the database's owner may make it.
INDEX = """
CREATE EXTENSION IF NOT EXISTS btree_gin;
DROP INDEX search_text_words;
CREATE INDEX search_text_words ON search_text USING gin (words, (number / 100000000))
    WITH (gin_pending_list_limit = 256);
"""
BEFORE = """
DROP INDEX search_text_words;
CREATE INDEX search_text_words ON search_text USING gin (words);
DROP EXTENSION btree_gin;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0025_signal_search")]
    operations: ClassVar = [
        migrations.RunSQL(
            INDEX,
            BEFORE,
            state_operations=[
                migrations.RemoveIndex("SearchText", "search_text_words"),
                migrations.AddIndex(
                    "SearchText", GinIndex("words", models.F("number") / 100_000_000, name="search_text_words")
                ),
            ],
        )
    ]
