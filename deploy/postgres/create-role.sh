#!/bin/sh
# Run once, when the database is made: a role for Rungs that owns its database and may do nothing else.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$RUNGS_DATABASE_PASSWORD" --username postgres <<'SQL'
create role rungs login password :'password';
create database rungs owner rungs;
SQL
