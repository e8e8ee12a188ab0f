#!/bin/sh
# Creates Temporal's two databases where they are absent and brings their schemas up to date.
# Run by docker-compose.yml in temporalio/admin-tools, whose schema folder is that of its server version.
set -eu

schemas=/etc/temporal/schema/postgresql/v12

sql_tool() {
  temporal-sql-tool --plugin postgres12 --endpoint "$SQL_HOST" --port "$SQL_PORT" --user "$SQL_USER" "$@"
}

prepare() { # DATABASE FOLDER
  # `create` and `setup-schema` leave what is there as it is; SQL_PASSWORD is read by the tool itself.
  sql_tool --database "$1" create
  sql_tool --database "$1" setup-schema --version 0.0
  sql_tool --database "$1" update-schema --schema-dir "$schemas/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
