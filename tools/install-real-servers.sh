#!/usr/bin/env bash
# Installs the real programs that some tests talk to, on Debian and its derivatives.
#
#   tools/install-real-servers.sh          install what is missing; needs root or sudo
#   tools/install-real-servers.sh --list   print the packages, one a line
#
# Nothing is started: the tests run the programs themselves, on loopback ports of their own.
set -euo pipefail

packages=(docker-registry skopeo git openssh-server openssh-client gnupg openssl)

if [[ "${1:-}" == "--list" ]]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

command -v apt-get >/dev/null || {
  echo "real servers: this is no Debian; install ${packages[*]} with your own package manager" >&2
  exit 1
}

is_installed() {
  [[ "$(dpkg-query --show --showformat='${Status}' "$1" 2>/dev/null)" == "install ok installed" ]]
}

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo "real servers: all installed (${packages[*]})"
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || {
    echo "real servers: ${missing[*]} missing; run as root, or install sudo" >&2
    exit 1
  }
  as_root=(sudo)
fi

# A package may start its service when it is installed; this file, where it is missing, says no.
policy=/usr/sbin/policy-rc.d
if [[ ! -e "$policy" ]]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

echo "real servers: installing ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
"${apt[@]}" update
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null
echo "real servers: installed ${missing[*]}"
