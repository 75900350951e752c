#!/bin/sh
# Run once by the image of PostgreSQL, on an empty volume: the three roles and the database (docs/operations.md).
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres \
    --set=owner="$OWNER_PASSWORD" --set=app="$APP_PASSWORD" --set=backup="$BACKUP_PASSWORD" <<'SQL'
CREATE ROLE sanscouture_owner LOGIN PASSWORD :'owner';
CREATE ROLE sanscouture_app LOGIN PASSWORD :'app';
CREATE ROLE sanscouture_backup LOGIN BYPASSRLS PASSWORD :'backup';
GRANT pg_read_all_data TO sanscouture_backup;
CREATE DATABASE sanscouture OWNER sanscouture_owner TEMPLATE template0
    ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
GRANT CONNECT ON DATABASE sanscouture TO sanscouture_backup;
SQL
