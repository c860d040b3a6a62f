#!/bin/sh
# Every test on SQLite; then the tests that touch the database once more on PostgreSQL, where a server answers.
bin=$1; jobs=$2; server=$3
env -u LMS_TEST_DATABASE_URL "$bin/python" -m pytest -q -n "$jobs" --dist loadgroup || exit 1
if "$bin/python" -c "import sys, psycopg; psycopg.connect(sys.argv[1].replace('+psycopg', ''), connect_timeout=3).close()" "$server" 2>/dev/null; then
  LMS_TEST_DATABASE_URL=$server "$bin/python" -m pytest -q -n "$jobs" --dist loadgroup tests/base tests/people tests/organisation tests/accounts tests/rosters \
    tests/notifications tests/privacy tests/ops tests/hours tests/claims tests/partners tests/seminars tests/competencies tests/programmes \
    tests/assignments tests/learning tests/assessment tests/certificates/test_service.py tests/home tests/house/test_migrations.py \
    tests/abuse/test_database_faults.py
else
  echo "Left out: the same tests on PostgreSQL, because no server answers (set LMS_TEST_DATABASE_URL to name one)."
fi
