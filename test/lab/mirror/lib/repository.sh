# The signed apt repository, laid out as upstream's was: suite kubernetes-xenial, component main, and its key
# armored, binary, and at the path where upstream served it.
# shellcheck shell=bash disable=SC2154

make_repository() {
  need apt-ftparchive apt-utils
  need gpg gpg gpg-agent
  local suite=dists/kubernetes-xenial architecture field
  architecture=$(dpkg --print-architecture)
  say "apt repository"
  export GNUPGHOME=$work/gnupg
  mkdir -p -m 700 "$GNUPGHOME"
  gpg -q --list-secret-keys lab@localhost >/dev/null 2>&1 ||
    gpg -q --batch --pinentry-mode loopback --passphrase '' --quick-gen-key 'kprov lab <lab@localhost>' rsa3072 sign never
  rm -rf "$mirror/apt"
  mkdir -p "$mirror/apt/pool" "$mirror/apt/doc" "$mirror/apt/$suite/main/binary-$architecture"
  cp "$work"/packages/*.deb "$mirror/apt/pool/"
  (
    cd "$mirror/apt"
    apt-ftparchive packages pool >"$suite/main/binary-$architecture/Packages"
    gzip -9kn "$suite/main/binary-$architecture/Packages"
    local options=(-o "APT::FTPArchive::Release::Architectures=$architecture" -o APT::FTPArchive::Release::Components=main)
    for field in Origin Label Suite Codename; do options+=(-o "APT::FTPArchive::Release::$field=kubernetes-xenial"); done
    apt-ftparchive "${options[@]}" release "$suite" >"$work/Release"
    mv "$work/Release" "$suite/Release"
    gpg -q --batch --yes -u lab@localhost --clearsign -o "$suite/InRelease" "$suite/Release"
    gpg -q --batch --yes -u lab@localhost -ab -o "$suite/Release.gpg" "$suite/Release"
    gpg -q --export lab@localhost >key.gpg
    gpg -q --armor --export lab@localhost >key.asc
    cp key.asc doc/apt-key.gpg
  )
  gpgconf --kill gpg-agent || true
}
