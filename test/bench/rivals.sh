#!/bin/sh
# Installs what the benchmark measures kprov beside, on a Debian with nothing on it; as root. pyinfra is not in Debian: it
# comes from PyPI, into a folder of its own. What cannot be had is said and left out of the benchmark.
set -eu
into=/opt/kprov-bench/pyinfra
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends iproute2 iptables openssh-server openssh-client util-linux procps python3 gcc \
  libc6-dev libnetfilter-queue-dev libmnl-dev
for package in ansible-core ansible-mitogen python3-venv; do
  apt-get install -y -q --no-install-recommends "$package" || echo "rivals.sh: there is no package $package here" >&2
done
if ! command -v pyinfra >/dev/null && [ ! -x $into/bin/pyinfra ]; then
  { python3 -m venv $into && $into/bin/pip install -q pyinfra; } || {
    rm -rf $into
    echo "rivals.sh: pyinfra cannot be installed here: the benchmark leaves it out" >&2
  }
fi
echo "Installed:"
for command in 'ansible --version' 'pyinfra --version' "$into/bin/pyinfra --version"; do
  $command 2>/dev/null | head -1 || true
done
dpkg-query -W -f 'mitogen ${Version}\n' python3-mitogen 2>/dev/null || true
