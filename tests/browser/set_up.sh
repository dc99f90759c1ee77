#!/bin/sh
# What the browser tests need beside Python's packages: Chromium with a Chinese font, and axe-core.
# What cannot be had is said and left out; the tests that need it skip then.
set -u
axe="$1" # where axe.min.js shall lie
version=4.14.1
sum=29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c

has() { command -v "$1" >/dev/null 2>&1; }

if ! has chromium && ! has google-chrome; then
  if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "正在安装 Chromium …"
    export DEBIAN_FRONTEND=noninteractive
    { timeout 120 apt-get -qq update \
      && timeout 300 apt-get -qq install --yes --no-install-recommends chromium fonts-wqy-microhei; } >/dev/null 2>&1 \
      || echo "装不了 Chromium：浏览器测试将跳过 (apt-get could not install it)" >&2
  else
    echo "没有 Chromium，也无权安装：浏览器测试将跳过 (install the package chromium)" >&2
  fi
fi

if [ ! -f "$axe" ]; then
  folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT
  if ! has npm; then
    echo "没有 npm，取不到 axe-core：无障碍测试将跳过 (npm is not installed)" >&2
  elif (cd "$folder" && timeout 120 npm pack --silent "axe-core@$version" && tar -xzf ./*.tgz) >/dev/null 2>&1 \
    && echo "$sum  $folder/package/axe.min.js" | sha256sum --check --status; then
    mkdir -p "$(dirname "$axe")" && mv "$folder/package/axe.min.js" "$axe"
  else
    echo "取不到 axe-core $version：无障碍测试将跳过 (npm could not fetch it)" >&2
  fi
fi
exit 0
