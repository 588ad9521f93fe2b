# The images of a control plane and of a node, as archives for `docker load` and `ctr images import`. CoreDNS is not
# among them: Debian has none.
# shellcheck shell=bash disable=SC2154

make_images() {
  local program
  rm -rf "$work/images" "$mirror/images"
  mkdir -p "$work/images" "$mirror/images"
  unpack "$work/root" etcd-server/bookworm etcd-client/bookworm busybox-static/bookworm iptables/bookworm \
    conntrack/bookworm libxtables12/bookworm libip4tc2/bookworm libip6tc2/bookworm libmnl0/bookworm \
    libnftnl11/bookworm libnfnetlink0/bookworm libnetfilter-conntrack3/bookworm libc6/bookworm

  for program in kube-apiserver kube-controller-manager kube-scheduler; do
    put "$work/bin/$program" "$work/images/$program/usr/local/bin/$program" 755
    image "$program" "k8s.gcr.io/$program:v$version" 'ENV PATH=/usr/local/bin'
  done
  put "$work/bin/pause" "$work/images/pause/pause" 755
  image pause k8s.gcr.io/pause:3.2 'USER 65535:65535' 'ENTRYPOINT ["/pause"]'
  etcd_image
  proxy_image
  tools_image
}

# image NAME TAG [INSTRUCTION…]: from the files in $work/images/NAME.
image() {
  local name=$1 tag=$2 file
  shift 2
  file=$mirror/images/$(basename "$tag" | tr : _).tar.xz
  say "image $tag"
  {
    printf 'FROM scratch\nCOPY %s /\n' "$name"
    [ $# -eq 0 ] || printf '%s\n' "$@"
  } >"$work/images/$name.Dockerfile"
  DOCKER_BUILDKIT=0 quietly "$work/images/$name.log" \
    docker build --tag "kprov-mirror/$name" --file "$work/images/$name.Dockerfile" "$work/images"
  # Saved under the name that a cluster knows it by; the machine's own image of that name, if any, is put back.
  local before
  before=$(docker image inspect -f '{{.Id}}' "$tag" 2>/dev/null || true)
  docker tag "kprov-mirror/$name" "$tag"
  docker save "$tag" | nice xz -T2 -6 >"$file"
  docker rmi "$tag" "kprov-mirror/$name" >/dev/null
  [ -z "$before" ] || docker tag "$before" "$tag"
}

# libraries NAME FILE…: the shared libraries that the files need and their loader, all of the same Debian.
libraries() {
  local name=$1 path libs=$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu
  shift
  put "$work/root/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" "$work/images/$name/lib64/ld-linux-x86-64.so.2" 755
  LD_LIBRARY_PATH=$libs ldd "$@" 2>/dev/null | awk '/=> \// { print $3 }' | sort -u | while read -r path; do
    put "$path" "$work/images/$name${path#"$work/root"}" 755
  done
}

etcd_image() {
  put "$work/root/usr/bin/etcd" "$work/images/etcd/usr/local/bin/etcd" 755
  put "$work/root/usr/bin/etcdctl" "$work/images/etcd/usr/local/bin/etcdctl" 755
  libraries etcd "$work"/images/etcd/usr/local/bin/*
  image etcd k8s.gcr.io/etcd:3.4.13-0 'ENV PATH=/usr/local/bin ETCDCTL_API=3' 'CMD ["/usr/local/bin/etcd"]'
}

proxy_image() {
  local tree=$work/images/kube-proxy name
  mkdir -p "$tree/bin" "$tree/run" "$tree/tmp" "$tree/usr/lib/x86_64-linux-gnu"
  put "$work/bin/kube-proxy" "$tree/usr/local/bin/kube-proxy" 755
  put "$work/root/bin/busybox" "$tree/bin/busybox" 755
  ln -s busybox "$tree/bin/sh"
  for name in xtables-nft-multi xtables-legacy-multi conntrack; do put "$work/root/usr/sbin/$name" "$tree/usr/sbin/$name" 755; done
  cp -r "$work/root/usr/lib/x86_64-linux-gnu/xtables" "$tree/usr/lib/x86_64-linux-gnu/"
  libraries kube-proxy "$tree"/usr/sbin/* "$tree"/usr/lib/x86_64-linux-gnu/xtables/*.so
  cat >"$tree/usr/sbin/iptables-of-the-node" <<'WRAPPER'
#!/bin/sh
# Speaks to that one of the two kinds of tables in which the node's kubelet and runtime have their rules.
if [ ! -s /run/iptables-kind ]; then
  nft=$(/usr/sbin/xtables-nft-multi iptables-save 2>/dev/null | /bin/busybox grep -c '^-')
  legacy=$(/usr/sbin/xtables-legacy-multi iptables-save 2>/dev/null | /bin/busybox grep -c '^-')
  if [ "$legacy" -gt "$nft" ]; then kind=legacy; else kind=nft; fi
  echo "$kind" >/run/iptables-kind
fi
read -r kind </run/iptables-kind
exec "/usr/sbin/xtables-$kind-multi" "${0##*/}" "$@"
WRAPPER
  chmod 755 "$tree/usr/sbin/iptables-of-the-node"
  for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
    ln -s iptables-of-the-node "$tree/usr/sbin/$name"
  done
  image kube-proxy "k8s.gcr.io/kube-proxy:v$version" 'ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/bin'
}

# busybox under all its names, and the lab's pod network.
tools_image() {
  local tree=$work/images/tools name
  mkdir -p "$tree/etc" "$tree/root" "$tree/tmp" "$tree/var/run"
  put "$work/root/bin/busybox" "$tree/bin/busybox" 755
  for name in $("$tree/bin/busybox" --list); do [ "$name" = busybox ] || ln -s busybox "$tree/bin/$name"; done
  put "$work/bin/labnetd" "$tree/bin/labnetd" 755
  echo 'root:x:0:0:root:/root:/bin/sh' >"$tree/etc/passwd"
  echo 'root:x:0:' >"$tree/etc/group"
  image tools lab/tools:1 'ENV PATH=/bin' 'CMD ["/bin/sh"]'
}
