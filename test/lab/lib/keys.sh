# Who may log in, and what the hosts prove themselves with. Made once per bed; a reset host keeps its keys.
# shellcheck shell=bash

make_keys() {
  local keys=$KPROV_LAB_STATE/keys host type
  mkdir -p "$keys" "$KPROV_LAB_STATE/hosts" "$KPROV_LAB_STATE/modules"
  chmod 700 "$KPROV_LAB_STATE"
  [ -f "$keys/id_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C "kprov lab" -f "$keys/id_ed25519"
  cp "$keys/id_ed25519.pub" "$keys/authorized_keys"
  [ -f "$keys/ops-password" ] || random_word >"$keys/ops-password"
  chmod 600 "$keys/ops-password"
  for host in "${cluster_hosts[@]}" "${bare_hosts[@]}" "${other_hosts[@]}"; do
    mkdir -p "$KPROV_LAB_STATE/hosts/$host"
    for type in ed25519 ecdsa rsa; do
      [ -f "$KPROV_LAB_STATE/hosts/$host/ssh_host_${type}_key" ] ||
        ssh-keygen -q -t "$type" -N '' -C "$host" -f "$KPROV_LAB_STATE/hosts/$host/ssh_host_${type}_key"
    done
  done
}

random_word() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# known_hosts and ssh_config: what an administrator's own files would say about these hosts.
write_ssh_files() {
  local host key
  for host in "${cluster_hosts[@]}" "${bare_hosts[@]}" "${other_hosts[@]}"; do
    for key in "$KPROV_LAB_STATE/hosts/$host"/ssh_host_*_key.pub; do
      printf '%s,%s %s\n' "$host" "$(address_of "$host")" "$(cut -d' ' -f1,2 "$key")"
    done
  done >"$KPROV_LAB_STATE/known_hosts"
  {
    for host in "${cluster_hosts[@]}" "${bare_hosts[@]}" "${other_hosts[@]}"; do
      printf 'Host %s\n  HostName %s\n' "$host" "$(address_of "$host")"
      [ "$host" != inner ] || printf '  ProxyJump bastion\n'
      printf '\n'
    done
    printf 'Host %s\n' "${cluster_hosts[*]} ${bare_hosts[*]} ${other_hosts[*]}"
    printf '  %s\n' 'User root' "IdentityFile $KPROV_LAB_STATE/keys/id_ed25519" 'IdentitiesOnly yes' \
      "UserKnownHostsFile $KPROV_LAB_STATE/known_hosts" 'StrictHostKeyChecking yes' 'LogLevel ERROR'
  } >"$KPROV_LAB_STATE/ssh_config"
}

lab_ssh() { ssh -F "$KPROV_LAB_STATE/ssh_config" "$@"; }
