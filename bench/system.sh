#!/bin/sh
# Packages of Debian that the program needs: as root they are installed, else the command to run is printed.
missing=""
for package in "$@"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "Not Debian: see that these are there:$missing" >&2
  exit 0
fi
if [ "$(id -u)" = 0 ]; then
  echo "Installing:$missing"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "Run this once, then again what you ran:  sudo apt-get install -y$missing" >&2
  exit 1
fi
