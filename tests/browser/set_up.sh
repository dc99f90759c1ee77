#!/bin/sh
# What the browser tests need beside Python's packages: Chromium with a Chinese font, and axe-core.
# What cannot be had is said and left out; the tests that need it skip then. A network that hangs
# costs two minutes and a half in all.
set -u
axe="$1" # where axe.min.js shall lie
version=4.14.1
sum=29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT

has() { command -v "$1" >/dev/null 2>&1; }
has_chromium() { has chromium || has google-chrome; }
has_font() { has fc-list && fc-list :lang=zh | grep -q .; }

# Only what waits for the network is cut short: what lies here is unpacked to its end.
apt() { timeout --kill-after=5 "$1" apt-get -qq -o DPkg::Lock::Timeout=20 -o Acquire::Retries=1 \
  -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15 \
  install --yes --no-install-recommends $wanted $2; }
install() {
  timeout --kill-after=5 40 apt-get -qq update || echo "(apt-get update: $?)"
  apt 80 --download-only && apt 300 ""
}

wanted=
has_chromium || wanted=chromium
has_font || wanted="$wanted fonts-wqy-microhei"
if [ -n "$wanted" ] && [ "$(id -u)" = 0 ] && has apt-get; then
  echo "正在安装 $wanted …"
  export DEBIAN_FRONTEND=noninteractive
  install >"$folder/said" 2>&1 </dev/null || tail -n 3 "$folder/said" >&2
fi
has_chromium || echo "没有 Chromium：浏览器测试将跳过 (install the package chromium)" >&2
has_font || echo "没有中文字体，页面里的汉字会是方框 (install the package fonts-wqy-microhei)" >&2

if [ ! -f "$axe" ]; then
  if ! has npm; then
    echo "没有 npm，取不到 axe-core：无障碍测试将跳过 (npm is not installed)" >&2
  elif (cd "$folder" && timeout --kill-after=5 40 npm pack --silent "axe-core@$version" \
    && tar -xzf ./*.tgz) >"$folder/said" 2>&1 </dev/null \
    && echo "$sum  $folder/package/axe.min.js" | sha256sum --check --status; then
    mkdir -p "$(dirname "$axe")" && mv "$folder/package/axe.min.js" "$axe"
  else
    tail -n 3 "$folder/said" >&2
    echo "取不到 axe-core $version：无障碍测试将跳过 (npm could not fetch it)" >&2
  fi
fi
exit 0
