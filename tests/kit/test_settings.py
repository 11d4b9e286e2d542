"""The settings and the throw-away database of the tests fit each other."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_tests_run_on_a_migrated_database_as_the_owner_of_its_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableowner = current_user, current_user FROM pg_tables WHERE tablename = 'procrastinate_jobs'"
        )
        assert cursor.fetchone() == (True, "caudal_owner")
