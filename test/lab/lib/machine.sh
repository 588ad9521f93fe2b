# What the machine must have: packages, a running Docker, Compose 2, the conntrack table's size.
# shellcheck shell=bash

# need COMMAND PACKAGE…: installs the packages when the command is missing.
need() {
  local command=$1
  shift
  command -v "$command" >/dev/null && return
  command -v apt-get >/dev/null || fail "$command is missing" "install it (Debian's package: $*)"
  [ "$(id -u)" = 0 ] || fail "$command is missing" "sudo apt-get install $*"
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  # Package lists may be missing or stale: refresh once and try again.
  apt-get install -y -q --no-install-recommends "$@" >"$lab_root/apt.log" 2>&1 ||
    { apt-get update -q && apt-get install -y -q --no-install-recommends "$@"; } >"$lab_root/apt.log" 2>&1 ||
    fail "apt-get install $* failed" "$(tail -n 5 "$lab_root/apt.log")"
}

install_tools() {
  mkdir -p "$lab_root" "$lab_cache"
  need ssh openssh-client
  need curl curl ca-certificates
  need xz xz-utils
  need docker docker.io
}

start_docker() {
  docker version >/dev/null 2>&1 && return
  need dockerd docker.io
  need iptables iptables
  [ "$(id -u)" = 0 ] || fail "Docker does not answer" "start it, or let this user reach it: docker version"
  if [ -d /run/systemd/system ]; then
    systemctl start docker
  else
    say "starting dockerd (log: $lab_root/dockerd.log)"
    setsid nohup dockerd >"$lab_root/dockerd.log" 2>&1 </dev/null &
    echo $! >"$lab_root/dockerd.pid"
  fi
  local _
  for _ in $(seq 120); do
    docker version >/dev/null 2>&1 && return
    sleep 0.5
  done
  fail "dockerd does not answer after 60 s" "$(tail -n 5 "$lab_root/dockerd.log" 2>/dev/null)"
}

# Only a dockerd that the lab started, and only when nothing runs in it any more.
stop_own_docker() {
  [ -f "$lab_root/dockerd.pid" ] || return 0
  [ -z "$(docker ps -q 2>/dev/null)" ] || return 0
  local pid
  pid=$(cat "$lab_root/dockerd.pid")
  if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ]; then
    kill "$pid"
    while [ -d "/proc/$pid" ]; do sleep 0.2; done
  fi
  rm -f "$lab_root/dockerd.pid"
}

# compose ARGUMENTS…: Docker's plugin where there is one, else the lab's own copy.
compose() {
  local run=(docker compose)
  [ ! -x "$lab_cache/docker-compose" ] || run=("$lab_cache/docker-compose")
  (
    KPROV_LAB_MIRROR=$(mirror_folder)
    KPROV_LAB_MODULES=$(modules_folder)
    COMPOSE_PROFILES=$KPROV_LAB_PROFILES
    export KPROV_LAB_NAME KPROV_LAB_SUBNET KPROV_LAB_INNER KPROV_LAB_STATE KPROV_LAB_IMAGE
    export KPROV_LAB_MIRROR KPROV_LAB_MODULES COMPOSE_PROFILES
    "${run[@]}" --project-name "$KPROV_LAB_NAME" --file "$compose_file" "$@"
  )
}

# Debian 12 ships Compose 1.29, which knows neither `cgroup: private` nor `systempaths`. Compose 2 of
# Debian 13 is one binary that needs no more than libc6; it is unpacked into the cache, not installed.
find_compose() {
  [ -x "$lab_cache/docker-compose" ] && return
  docker compose version >/dev/null 2>&1 && return
  need dpkg-deb dpkg
  say "unpacking Compose 2 from Debian 13"
  local apt=$lab_cache/apt-trixie
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' \
    "$(debian_uri)" >"$apt/sources.list"
  local options=(-o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
  (
    cd "$apt"
    apt-get "${options[@]}" -q update
    apt-get "${options[@]}" -q download docker-compose
    dpkg-deb -x docker-compose_*.deb tree
  ) >"$lab_root/compose.log" 2>&1 || fail "Compose 2 could not be fetched" "$(tail -n 5 "$lab_root/compose.log")" \
    "install Docker's compose plugin, 2.20 or newer"
  local binary
  binary=$(find "$apt/tree" -type f -name docker-compose -perm -u+x -size +1M | head -n 1)
  [ -n "$binary" ] || fail "the package docker-compose of Debian 13 holds no binary"
  install -m 755 "$binary" "$lab_cache/docker-compose"
  rm -rf "$apt"
}

# The archive that this machine itself uses, else Debian's own name for it.
debian_uri() { archive_uri bookworm "http://deb.debian.org/debian"; }
security_uri() { archive_uri bookworm-security "http://deb.debian.org/debian-security"; }
archive_uri() {
  local uri=
  if command -v apt-get >/dev/null; then
    # shellcheck disable=SC2016 # apt's own placeholders
    uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(CREATED_BY)' 2>/dev/null |
      awk -v s="$1" '$2 == s && $3 == "main" && $4 == "Packages" { print $1; exit }')
  fi
  uri=${uri:-$2}
  echo "${uri%/}"
}

# What the hosts' kernels, which are this machine's, must allow while beds are up; the last bed puts it back.
# kube-proxy sets nf_conntrack_max to max(32768 x cores, 131072) unless it is that already; a host's network
# namespace shows the machine's value and cannot write it. Each systemd takes a dozen inotify instances, and
# all hosts' root is one user to the kernel.
tune_kernel() {
  [ "$(id -u)" = 0 ] || return 0
  modprobe nf_conntrack 2>/dev/null || true
  local conntrack=$(($(nproc) * 32768))
  [ "$conntrack" -ge 131072 ] || conntrack=131072
  set_kernel net/netfilter/nf_conntrack_max "$conntrack"
  [ "$(cat /proc/sys/fs/inotify/max_user_instances)" -ge 1024 ] || set_kernel fs/inotify/max_user_instances 1024
}

set_kernel() { # NAME VALUE
  local file=/proc/sys/$1 saved=$lab_root/kernel/$1
  [ -e "$file" ] && [ "$(cat "$file")" != "$2" ] || return 0
  mkdir -p "${saved%/*}"
  [ -e "$saved" ] || cat "$file" >"$saved"
  echo "$2" >"$file"
}

restore_kernel() {
  [ -d "$lab_root/kernel" ] && [ -z "$(other_beds)" ] || return 0
  local saved
  find "$lab_root/kernel" -type f | while read -r saved; do
    cat "$saved" >"/proc/sys/${saved#"$lab_root/kernel/"}" || true
  done
  rm -rf "$lab_root/kernel"
}

# Beds of any name that still have containers, this one left out.
other_beds() {
  docker ps -a --filter label=io.kprov.lab --format '{{.Label "com.docker.compose.project"}}' 2>/dev/null |
    sort -u | grep -vx "$KPROV_LAB_NAME" || true
}

# The hosts see the machine's kernel modules read-only, so that `modprobe` works as on a real host; where
# the machine has none (everything built in) the entry point writes what the kernel's configuration says.
modules_folder() {
  if [ -d "/lib/modules/$(uname -r)" ]; then
    echo /lib/modules
  else
    echo "$KPROV_LAB_STATE/modules"
  fi
}
