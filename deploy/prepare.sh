#!/bin/sh
# Makes what compose.yaml needs and nobody may share: an authority, the broker's certificate, and a password for each login.
# Usage: deploy/prepare.sh [name of the broker, as nodes know it] [node...]
# What is there already is kept, so that a node can be added later: deploy/prepare.sh broker scout scout-2
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
out=${FIELDSCOUT_CERTIFICATES:-$here/certificates}
name=${1:-broker}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- scout
for word in "$name" "$@"; do
  case $word in
    *[!A-Za-z0-9._-]* | '') echo "prepare.sh: \"$word\" is no name: letters, digits, . _ -" >&2; exit 1 ;;
  esac
done
mkdir -p "$out"
cd "$out"

if [ ! -e ca.key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -days 3650 \
    -subj '/CN=Fieldscout farm' -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign'
fi
if [ ! -e broker.pem ]; then
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout broker.key -out broker.csr -subj "/CN=$name"
  printf 'subjectAltName=DNS:%s,DNS:localhost\nextendedKeyUsage=serverAuth\n' "$name" > broker.ext
  openssl x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out broker.pem -days 825 -extfile broker.ext
  rm broker.csr broker.ext
fi
touch passwords
for login in "$@" reader farmer; do
  [ -e "$login.password" ] && continue
  openssl rand -hex 24 > "$login.password"
  # The file is asked of the program twice, as a person would be: a command line can be read by everybody.
  { cat "$login.password"; cat "$login.password"; } | mosquitto_passwd passwords "$login" > /dev/null
done
[ -e grafana.password ] || openssl rand -hex 24 > grafana.password
# Read by the users of the containers: the folder above them is this user's alone.
chmod 0644 ca.pem broker.pem broker.key passwords ./*.password
echo "Made in $out: the authority (keep ca.key away from the broker), the broker's certificate for $name, passwords."
