# The packages a node installs, laid out as upstream's were in its apt repository for 1.20.
# shellcheck shell=bash disable=SC2154

make_packages() {
  local bin=$work/bin scripts=$here/packages tree=$work/tree
  rm -rf "$tree" "$work/packages"
  mkdir -p "$work/packages"
  say "packages"

  put "$bin/kubelet" "$tree/kubelet/usr/bin/kubelet" 755
  put "$scripts/kubelet/kubelet.service" "$tree/kubelet/lib/systemd/system/kubelet.service" 644
  package kubelet "$version-00" 'Kubernetes Node Agent' \
    'iptables (>= 1.4.21), kubernetes-cni (>= 0.8.7), iproute2, socat, util-linux, mount, ebtables, ethtool, conntrack'

  put "$bin/kubectl" "$tree/kubectl/usr/bin/kubectl" 755
  package kubectl "$version-00" 'Kubernetes Command Line Tool' ''

  put "$bin/kubeadm" "$tree/kubeadm/usr/bin/kubeadm" 755
  put "$scripts/kubeadm/10-kubeadm.conf" "$tree/kubeadm/etc/systemd/system/kubelet.service.d/10-kubeadm.conf" 644
  mkdir -p "$tree/kubeadm/DEBIAN"
  echo /etc/systemd/system/kubelet.service.d/10-kubeadm.conf >"$tree/kubeadm/DEBIAN/conffiles"
  package kubeadm "$version-00" 'Kubernetes Cluster Bootstrapping Tool' \
    'kubelet (>= 1.13.0), kubectl (>= 1.13.0), kubernetes-cni (>= 0.8.6), cri-tools (>= 1.13.0)'

  # Debian's CNI plugins, where Kubernetes looks for them.
  unpack "$work/cni" containernetworking-plugins/bookworm
  mkdir -p "$tree/kubernetes-cni/etc/cni/net.d" "$tree/kubernetes-cni/opt/cni/bin"
  cp "$work"/cni/usr/lib/cni/* "$tree/kubernetes-cni/opt/cni/bin/"
  package kubernetes-cni 0.8.7-00 'Kubernetes CNI' libc6

  put "$bin/crictl" "$tree/cri-tools/usr/bin/crictl" 755
  package cri-tools 1.13.0-00 'A small CRI client for the lab' ''
}

put() { # FILE TARGET MODE
  install -D -m "$3" "$1" "$2"
}

package() { # NAME VERSION DESCRIPTION DEPENDS: from $work/tree/NAME and packages/NAME
  local root=$work/tree/$1 script
  mkdir -p "$root/DEBIAN"
  for script in postinst prerm postrm; do
    [ ! -f "$here/packages/$1/$script" ] || install -m 755 "$here/packages/$1/$script" "$root/DEBIAN/$script"
  done
  {
    printf '%s: %s\n' Package "$1" Version "$2" Architecture "$(dpkg --print-architecture)" Section misc Priority optional \
      Maintainer 'kprov lab <root@localhost>' Homepage https://kubernetes.io \
      Installed-Size "$(du -sk --exclude=DEBIAN "$root" | cut -f1)"
    [ -z "$4" ] || printf 'Depends: %s\n' "$4"
    printf 'Description: %s\n' "$3"
  } >"$root/DEBIAN/control"
  find "$root" -type d -exec chmod 755 {} +
  quietly "$work/package.log" nice dpkg-deb --root-owner-group -Zxz -z6 --build "$root" \
    "$work/packages/$1_$2_$(dpkg --print-architecture).deb"
}
