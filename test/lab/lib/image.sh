# The host image: a bare Debian 12 with systemd, OpenSSH and sudo; no container runtime, no Kubernetes.
# Made from packages alone, since a registry may be out of reach.
# shellcheck shell=bash

base_packages=(
  systemd systemd-sysv dbus openssh-server sudo
  iproute2 iputils-ping iptables kmod procps
  curl ca-certificates gnupg less xz-utils
)

build_image() {
  local context=$lab_dir/image base tag
  base=kprov-lab/base:$(printf '%s\n' bookworm "${base_packages[@]}" | sha256sum | cut -c1-12)
  tag=$(cat "$context"/* <(echo "$base") | sha256sum | cut -c1-12)
  if [ "$(docker image inspect -f '{{index .Config.Labels "io.kprov.lab"}}' "$KPROV_LAB_IMAGE" 2>/dev/null)" = "$tag" ]; then
    return
  fi
  docker image inspect "$base" >/dev/null 2>&1 || build_base "$base"
  say "building $KPROV_LAB_IMAGE"
  # The classic builder needs neither a plugin nor a registry for a local base image.
  DOCKER_BUILDKIT=0 quietly "$lab_root/image.log" docker build --build-arg "BASE=$base" \
    --label "io.kprov.lab=$tag" --tag "$KPROV_LAB_IMAGE" "$context"
}

# The images of the hosts that are of another kind, each made from the host image.
build_others() {
  local context=$lab_dir/others host image tag
  for host in "${other_hosts[@]}"; do
    image=kprov-lab/$host:1
    tag=$(cat "$context"/* <(docker image inspect -f '{{.Id}}' "$KPROV_LAB_IMAGE") | sha256sum | cut -c1-12)
    [ "$(docker image inspect -f '{{index .Config.Labels "io.kprov.lab"}}' "$image" 2>/dev/null)" != "$tag" ] || continue
    say "building $image (about a minute)"
    DOCKER_BUILDKIT=0 quietly "$lab_root/$host.log" docker build --build-arg "HOST=$KPROV_LAB_IMAGE" \
      --label "io.kprov.lab=$tag" --tag "$image" --file "$context/$host.Dockerfile" "$context"
  done
}

build_base() {
  need mmdebstrap mmdebstrap
  say "bootstrapping a Debian 12 (about a minute)"
  local work=$lab_cache/base.$$ include
  mkdir -p "$work"
  include=$(IFS=, && echo "${base_packages[*]}")
  {
    echo "deb $(debian_uri) bookworm main"
    echo "deb $(debian_uri) bookworm-updates main"
    echo "deb $(security_uri) bookworm-security main"
  } >"$work/sources.list"
  quietly "$lab_root/base.log" mmdebstrap --variant=minbase --include="$include" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    bookworm "$work/base.tar" "$work/sources.list"
  docker import "$work/base.tar" "$1" >/dev/null
  rm -rf "$work"
}
