"""Runs SQL statements on $DATABASE_URL, one per argument, and prints the first value of each that gives one."""

import os
import sys

import psycopg

if __name__ == "__main__":
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for statement in sys.argv[1:]:
            cursor = connection.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            if row is not None:
                sys.stdout.write(f"{row[0]}\n")
