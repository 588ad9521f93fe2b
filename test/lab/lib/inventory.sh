# The bed as an inventory: hosts.ini and group_vars, what `kprov up -i` is given.
# shellcheck shell=bash

write_inventory() {
  local folder=$KPROV_LAB_STATE/inventory host
  mkdir -p "$folder/group_vars"
  {
    echo '[control_plane]'
    echo "node1 ansible_host=$(address_of node1)"
    echo
    echo '[workers]'
    for host in "${cluster_hosts[@]:1}"; do echo "$host ansible_host=$(address_of "$host")"; done
    cat <<'INI'

[cluster:children]
control_plane
workers
INI
    if has_profile bare; then
      cat <<INI

[bare]
bastion ansible_host=$(address_of bastion)
inner ansible_host=$(address_of inner) ansible_ssh_common_args="-J root@$(address_of bastion)"
INI
    fi
    if has_profile others; then
      printf '\n[others]\n'
      for host in "${other_hosts[@]}"; do echo "$host ansible_host=$(address_of "$host")"; done
    fi
    cat <<INI

[all:vars]
ansible_user=root
ansible_ssh_private_key_file=$KPROV_LAB_STATE/keys/id_ed25519
ansible_ssh_common_args="-o UserKnownHostsFile=$KPROV_LAB_STATE/known_hosts"
INI
  } >"$folder/hosts.ini"
  {
    echo "lab_mirror: http://$(address_of mirror)"
    cat "$lab_dir/vars.yml"
  } >"$folder/group_vars/all.yml"
}

# bed.json: the same for the tests (bed.ts).
write_bed_json() {
  local host comma=
  {
    printf '{\n  "name": "%s",\n  "mirror": "http://%s",\n  "hosts": {\n' "$KPROV_LAB_NAME" "$(address_of mirror)"
    for host in "${bed_hosts[@]}"; do
      printf '%s    "%s": "%s"' "$comma" "$host" "$(address_of "$host")"
      comma=$',\n'
    done
    printf '\n  }\n}\n'
  } >"$KPROV_LAB_STATE/bed.json"
}
