#!/bin/sh
# Creates the namespace, keeping closed runs for 30 days, and the search attributes by which the Web UI's list
# is filtered. Address and namespace come from TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE. May be run again.
set -eu

eventually() { # COMMAND...: tries for about two minutes
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || return 1
    sleep 2
  done
}

eventually temporal operator cluster health

if ! temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
fi

# A new namespace is known to every part of the server only after some seconds.
eventually temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" >/dev/null
known=$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE")
for name in Ticker PartitionDate Source PartitionState Run; do
  if ! printf '%s\n' "$known" | grep -qw "$name"; then
    temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type Keyword
  fi
done
