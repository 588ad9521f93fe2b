# The mirror: packages and images of Kubernetes 1.20.2, found in place and served read-only to the hosts.
# shellcheck shell=bash

# KPROV_LAB_MIRROR, the folder beside the repository, or one built into the state folder.
mirror_folder() {
  local folder
  for folder in "${KPROV_LAB_MIRROR:-}" "$repo_dir/../shared/lab/mirror" "$lab_root/mirror"; do
    if [ -n "$folder" ] && [ -f "$folder/SHA256SUMS" ]; then
      (cd "$folder" && pwd)
      return
    fi
  done
  echo "$lab_root/mirror"
}

find_mirror() {
  local folder
  folder=$(mirror_folder)
  if [ ! -f "$folder/SHA256SUMS" ]; then
    say "no mirror found: building one from Debian's kubernetes source package (10 to 20 minutes)"
    "$lab_dir/mirror/build" "$folder" >&2
  fi
  say "mirror: $folder"
}

# The web server is the busybox of the mirror's own tools image.
load_web_server() {
  docker image inspect kprov-lab/web:1 >/dev/null 2>&1 && return
  xz -dc "$(mirror_folder)/images/tools_1.tar.xz" | docker load -q >/dev/null
  docker tag lab/tools:1 kprov-lab/web:1
  docker rmi lab/tools:1 >/dev/null
}
