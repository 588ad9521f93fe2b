# The hosts' life: up, reset, down, and whether they answer.
# shellcheck shell=bash

# wait_for_hosts HOST…: until each accepts a login and systemd has finished starting.
wait_for_hosts() {
  local host waiting=()
  for host; do
    wait_for_host "$host" &
    waiting+=($!)
  done
  for host in "${waiting[@]}"; do
    wait "$host" || fail "not every host came up (see above)"
  done
}

wait_for_host() {
  local state=no _
  for _ in $(seq 150); do
    state=$(lab_ssh -o BatchMode=yes -o ConnectTimeout=5 "$1" '[ ! -d /run/systemd/system ] && echo running || systemctl is-system-running --wait || true' 2>/dev/null) && break
    sleep 0.2
  done
  case $state in
    running) ;;
    degraded) say "$1: degraded: $(lab_ssh "$1" 'systemctl list-units --failed --plain --no-legend' | awk '{ print $1 }' | xargs)" ;;
    *)
      say "$1 does not answer after 60 s: ${state:-no login}" "look at it: docker logs $KPROV_LAB_NAME-$1-1"
      return 1
      ;;
  esac
}

bed_up() {
  install_tools
  start_docker
  find_compose
  find_mirror
  load_web_server
  build_image
  ! has_profile others || build_others
  make_keys
  write_ssh_files
  write_inventory
  write_bed_json
  tune_kernel
  say "starting ${bed_hosts[*]} on $KPROV_LAB_SUBNET.0/24"
  quietly "$KPROV_LAB_STATE/compose.log" compose up --detach --no-build --renew-anon-volumes --remove-orphans
  wait_for_hosts "${bed_hosts[@]}"
  say "up: $(lab_ssh node1 'uname -sr'), state in $KPROV_LAB_STATE"
}

# bed_reset [HOST…]: the hosts are bare again, with the same addresses and host keys.
bed_reset() {
  [ $# -gt 0 ] || set -- "${bed_hosts[@]}"
  local host
  for host; do address_of "$host" >/dev/null; done
  say "resetting $*"
  quietly "$KPROV_LAB_STATE/compose.log" compose rm --stop --force --volumes "$@"
  quietly "$KPROV_LAB_STATE/compose.log" compose up --detach --no-build --no-deps "$@"
  wait_for_hosts "$@"
  say "bare again: $*"
}

bed_down() {
  if docker version >/dev/null 2>&1; then
    find_compose
    mkdir -p "$KPROV_LAB_STATE"
    KPROV_LAB_PROFILES=bare,others
    quietly "$lab_root/down.log" compose down --volumes --remove-orphans --timeout 2
    restore_kernel
    stop_own_docker
  fi
  say "down"
}

bed_status() {
  local host state
  printf '%-8s %-15s %-8s %s\n' HOST ADDRESS SSH CLUSTER
  for host in "${bed_hosts[@]}"; do
    state=$(lab_ssh -o BatchMode=yes -o ConnectTimeout=3 "$host" \
      'if [ -e /etc/kubernetes/kubelet.conf ]; then echo joined; else echo -; fi' 2>/dev/null) || state=
    printf '%-8s %-15s %-8s %s\n' "$host" "$(address_of "$host")" "${state:+up}" "$state"
  done
}
