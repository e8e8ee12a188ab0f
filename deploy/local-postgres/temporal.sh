#!/bin/sh
# Temporal's server on PostgreSQL, on this machine, without containers: everything below one folder, on loopback only,
# no system service touched.
#
#   sh deploy/local-postgres/temporal.sh start FOLDER [PORT]   builds what is missing, starts, prints the address
#   sh deploy/local-postgres/temporal.sh stop FOLDER           ends both in order; the data stay in FOLDER
#   sh deploy/local-postgres/temporal.sh status FOLDER         prints the address and which processes run
#
# It needs Go (any version that can fetch its toolchain), PostgreSQL 15 and the `temporal` CLI (in the path, or
# TEMPORAL_CLI_PATH). On Debian 12, without the cluster that the package would start as a service:
#
#   apt-get install postgresql-common && sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
#   apt-get install --no-install-recommends postgresql-15
#
# The first start builds the server, which takes some minutes. It listens on PORT (7233 where none is given); PORT + 1
# to PORT + 20 are taken too. PostgreSQL refuses to be root's, so root has it run as the user `postgres`, who must reach
# FOLDER.
set -eu

version=v1.29.1
here=$(cd "$(dirname "$0")" && pwd)
postgres_bin=${POSTGRES_BIN:-/usr/lib/postgresql/15/bin}

usage() {
  sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"
  exit 2
}

say() {
  echo "$*" >&2
}

fail() {
  say "$*"
  exit 3
}

as_postgres() { # COMMAND...
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

is_running() { # PIDFILE
  [ -s "$1" ] && kill -0 "$(head -n 1 "$1")" 2>/dev/null
}

build() {
  command -v go >/dev/null || fail "Looked for Go to build Temporal's server $version: there is none. Install it from https://go.dev."
  [ -x "$postgres_bin/initdb" ] || fail "Looked for PostgreSQL 15 in $postgres_bin: it is not there. Install it as the head of $0 says, or set POSTGRES_BIN."
  mkdir -p "$folder/bin"
  for tool in server:cmd/server sql:cmd/tools/sql; do
    [ -x "$folder/bin/${tool%%:*}" ] && continue
    say "building go.temporal.io/server/${tool#*:}@$version …"
    GOBIN=$folder/bin go install "go.temporal.io/server/${tool#*:}@$version"
  done
  schemas=$(go env GOMODCACHE)/go.temporal.io/server@$version/schema/postgresql/v12
  # The build may have been brought from elsewhere, without the module it was made from.
  [ -d "$schemas" ] || (cd / && go mod download "go.temporal.io/server@$version")
}

start_postgres() {
  chmod 711 "$folder"
  as_postgres test -x "$folder" ||
    fail "Wanted PostgreSQL to keep its data in $folder, but the user postgres cannot reach it. Give a folder below /var/lib or /tmp, or do not be root."
  if [ ! -s "$folder/data/PG_VERSION" ]; then
    (umask 077 && head -c 24 /dev/urandom | base64 | tr -d '/+=' >"$folder/password")
    mkdir -p "$folder/data" "$folder/log"
    if [ "$(id -u)" = 0 ]; then chown postgres "$folder/data" "$folder/log" "$folder/password"; fi
    as_postgres "$postgres_bin/initdb" --pgdata "$folder/data" --username temporal --auth scram-sha-256 \
      --pwfile "$folder/password" --encoding UTF8 --locale C.UTF-8 >/dev/null
    as_postgres sh -c "cat >>'$folder/data/postgresql.conf'" <<END
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
port = $((port + 20))
max_connections = 100
END
  fi
  is_running "$folder/data/postmaster.pid" ||
    as_postgres "$postgres_bin/pg_ctl" start --wait --pgdata "$folder/data" --log "$folder/log/postgresql.log" >/dev/null
}

sql_tool() {
  SQL_PASSWORD=$(cat "$folder/password") "$folder/bin/sql" --plugin postgres12 --endpoint 127.0.0.1 \
    --port $((port + 20)) --user temporal "$@" >>"$folder/log/schema.log" 2>&1
}

prepare() { # DATABASE SCHEMA
  sql_tool --database "$1" create
  sql_tool --database "$1" setup-schema --version 0.0
  sql_tool --database "$1" update-schema --schema-dir "$schemas/$2/versioned"
}

datastore() { # DATABASE CONNECTIONS
  cat <<END
      sql:
        pluginName: postgres12
        databaseName: $1
        connectAddr: 127.0.0.1:$((port + 20))
        connectProtocol: tcp
        user: temporal
        password: $(cat "$folder/password")
        maxConns: $2
        maxIdleConns: $2
        maxConnLifetime: 1h
END
}

service() { # NAME OFFSET
  cat <<END
  $1:
    rpc: { grpcPort: $((port + $2)), membershipPort: $((port + 10 + $2)), bindOnLocalHost: true }
END
}

# The number of history shards is fixed when the databases are made; 4 is the server's own template for one machine.
write_config() {
  mkdir -p "$folder/config"
  (
    umask 077
    cat >"$folder/config/development.yaml" <<END
log: { stdout: true, level: warn }
persistence:
  defaultStore: default
  visibilityStore: visibility
  numHistoryShards: 4
  datastores:
    default:
$(datastore temporal 20)
    visibility:
$(datastore temporal_visibility 10)
global:
  membership: { maxJoinDuration: 30s, broadcastAddress: 127.0.0.1 }
services:
$(service frontend 0)
$(service matching 2)
$(service history 1)
$(service worker 6)
clusterMetadata:
  enableGlobalNamespace: false
  failoverVersionIncrement: 10
  masterClusterName: active
  currentClusterName: active
  clusterInformation:
    active: { enabled: true, initialFailoverVersion: 1, rpcName: frontend, rpcAddress: '127.0.0.1:$port' }
dcRedirectionPolicy: { policy: noop }
dynamicConfigClient: { filepath: '$here/../temporal/dynamicconfig.yaml', pollInterval: 60s }
END
  )
}

start() {
  build
  if [ -s "$folder/port" ]; then port=$(cat "$folder/port"); fi
  echo "$port" >"$folder/port"
  start_postgres
  prepare temporal temporal
  prepare temporal_visibility visibility
  write_config
  if ! is_running "$folder/server.pid"; then
    nohup "$folder/bin/server" --root "$folder" --config config --env development --allow-no-auth start \
      </dev/null >>"$folder/log/temporal.log" 2>&1 &
    echo $! >"$folder/server.pid"
  fi
  if [ -n "${TEMPORAL_CLI_PATH:-}" ]; then PATH=$(dirname "$TEMPORAL_CLI_PATH"):$PATH; fi
  TEMPORAL_ADDRESS=127.0.0.1:$port TEMPORAL_NAMESPACE=default sh "$here/../temporal/namespace.sh" >>"$folder/log/namespace.log" 2>&1 ||
    fail "Temporal's server did not come up on 127.0.0.1:$port. Look into $folder/log."
  echo "127.0.0.1:$port"
}

stop() {
  if is_running "$folder/server.pid"; then
    pid=$(cat "$folder/server.pid")
    kill "$pid"
    tries=0
    while kill -0 "$pid" 2>/dev/null; do
      tries=$((tries + 1))
      if [ "$tries" -gt 100 ]; then kill -9 "$pid" 2>/dev/null || true; fi
      sleep 0.2
    done
  fi
  rm -f "$folder/server.pid"
  if is_running "$folder/data/postmaster.pid"; then
    as_postgres "$postgres_bin/pg_ctl" stop --wait --mode fast --pgdata "$folder/data" >/dev/null
  fi
}

status() {
  for one in server.pid data/postmaster.pid; do
    if is_running "$folder/$one"; then echo "$one $(head -n 1 "$folder/$one")"; else echo "$one not running"; fi
  done
  if [ -s "$folder/port" ]; then echo "127.0.0.1:$(cat "$folder/port")"; fi
}

[ $# -ge 2 ] || usage
command=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
port=${3:-7233}
case $command in
  start | stop | status) "$command" ;;
  *) usage ;;
esac
