"""What this SQLite can do, stated instead of tried."""

from django.db.backends.sqlite3.features import DatabaseFeatures as DjangoFeatures


class DatabaseFeatures(DjangoFeatures):
    """Django finds out about JSON by a query; on a missing file it fails and SQLite is blamed."""

    supports_json_field = True
