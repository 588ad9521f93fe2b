# What the mirror is made of, fetched with apt but without touching the machine's own sources or lists.
# shellcheck shell=bash

# own_apt ARGUMENTS…: apt-get over Debian 12 with sources, and over Debian 11, whose Go 1.15 is upstream's compiler
# for 1.20 (Debian 12's 1.19 builds a kubeadm that panics in init).
own_apt() {
  apt-get -q -o "Dir::Etc::sourcelist=$work/apt/sources.list" -o Dir::Etc::sourceparts=- \
    -o "Dir::State::lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache" -o "Dir::State::status=/dev/null" \
    -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User=root "$@"
}

find_archive() {
  need dpkg-source dpkg-dev
  need make make
  need rsync rsync
  need jq jq
  mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/debs"
  local uri signed=signed-by=/usr/share/keyrings/debian-archive-keyring.gpg
  uri=$(debian_uri)
  printf '%s\n' "deb [$signed] $uri bookworm main" "deb-src [$signed] $uri bookworm main" \
    "deb [$signed] $uri bullseye main" >"$work/apt/sources.list"
  say "package lists"
  quietly "$work/apt.log" own_apt update
}

# unpack FOLDER PACKAGE[=VERSION]…: the packages' files, not installed.
unpack() {
  local folder=$1 deb
  shift
  rm -rf "$work/download"
  mkdir -p "$folder" "$work/download"
  (cd "$work/download" && quietly "$work/download.log" own_apt download "$@")
  for deb in "$work"/download/*.deb; do dpkg-deb -x "$deb" "$folder"; done
}

fetch_go() {
  go=$work/go/usr/lib/go-1.15
  [ ! -x "$go/bin/go" ] || return 0
  say "Go 1.15 of Debian 11"
  unpack "$work/go" golang-1.15-go golang-1.15-src
  # The packages' absolute links are meant for a root of /.
  local link target
  find "$go" -type l | while read -r link; do
    target=$(readlink "$link")
    case $target in /*) ln -sfn "$work/go$target" "$link" ;; esac
  done
}

fetch_source() {
  if [ ! -e "$work/source/Makefile" ]; then
    say "Debian's kubernetes source package"
    rm -rf "$work"/kubernetes-* "$work/source"
    (cd "$work" && quietly "$work/source.log" own_apt source kubernetes)
    mv "$work"/kubernetes-*/ "$work/source"
  fi
  source=$work/source
}
