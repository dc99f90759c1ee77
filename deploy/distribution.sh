#!/bin/sh
# Any command by hand, with the settings and the account of the units: goes to
# /usr/local/bin/distribution. Whoever uses it acts as that account, see the setting `accounts`.
set -eu
[ "$(id -un)" = distribution ] || exec runuser -u distribution -- "$0" "$@"
umask 077
set -a
. /etc/distribution/distribution.env
set +a
export DISTRIBUTION_HOME=/var/lib/distribution
export DISTRIBUTION_SECRET_KEYS_FILE=/etc/distribution/secrets/secret_keys
export DISTRIBUTION_DATABASE_URL_FILE=/etc/distribution/secrets/database_url
exec /opt/distribution/.venv/bin/distribution "$@"
