# Kubernetes' own programs and the lab's three, static and stripped.
# shellcheck shell=bash disable=SC2154

programs=(kubeadm kubectl kubelet kube-proxy kube-scheduler kube-controller-manager kube-apiserver)

# in_go COMMAND…: with the compiler and caches of this build.
in_go() {
  env HOME="$work/home" GOROOT="$go" GOPATH="$source/.go" GOCACHE="$work/go-cache" CGO_ENABLED=0 \
    PATH="$go/bin:$PATH" nice "$@"
}

compile_kubernetes() {
  local program
  mkdir -p "$work/bin" "$work/home" "$source/.go/src/k8s.io"
  ln -sfn ../../.. "$source/.go/src/k8s.io/kubernetes"
  [ "$("$work/bin/kubeadm" version -o short 2>/dev/null)" != "v$version" ] || return 0
  # What the build would ask git for: upstream's tag v1.20.2. The tree is that tag with Debian's patches.
  cat >"$work/kube-version" <<VERSION
KUBE_GIT_COMMIT='faecb196815e248d3ecfb03c680a4507229c2a56'
KUBE_GIT_TREE_STATE='clean'
KUBE_GIT_VERSION='v$version'
KUBE_GIT_MAJOR='1'
KUBE_GIT_MINOR='20'
VERSION
  say "compiling ${#programs[@]} programs of Kubernetes $version (7 to 13 minutes, log: $work/compile.log)"
  (
    cd "$source"
    export GOFLAGS=-mod=vendor KUBE_GIT_VERSION_FILE="$work/kube-version" SOURCE_DATE_EPOCH=1610537100
    quietly "$work/compile.log" in_go make GOLDFLAGS='-s -w' WHAT="${programs[*]/#/cmd/}"
  )
  # kubeadm last: it tells that all are there.
  for program in "${programs[@]:1}" kubeadm; do
    install -m 755 "$source/_output/bin/$program" "$work/bin/$program"
  done
}

# compile_own NAME FILE: a program of src/, inside the Kubernetes tree so that it can use what that vendors.
compile_own() {
  local folder=$source/cmd/lab-$1
  rm -rf "$folder"
  cp -r "$here/src/$1" "$folder"
  (
    cd "$source/.go/src/k8s.io/kubernetes"
    GO111MODULE=off quietly "$work/compile-$1.log" in_go go build -trimpath -ldflags '-s -w' -o "$2" "k8s.io/kubernetes/cmd/lab-$1"
  )
  rm -rf "$folder"
}
