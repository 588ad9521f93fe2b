# What a bed is called and where its things lie. Every value can come from the environment, so that
# several beds run side by side: another KPROV_LAB_NAME and another KPROV_LAB_SUBNET are enough.
# shellcheck shell=bash disable=SC2034

lab_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
repo_dir=$(cd "$lab_dir/../.." && pwd)
compose_file=$repo_dir/docker-compose.test.yml

: "${KPROV_LAB_NAME:=kprov-lab}"       # compose project; prefix of its containers and networks
: "${KPROV_LAB_SUBNET:=172.28.10}"     # the first three octets of the hosts' network, a /24
: "${KPROV_LAB_INNER:=}"               # the same for the network behind the bastion; default: the next one
: "${KPROV_LAB_PROFILES:=}"            # `bare` also starts the bastion and the host behind it, `others` hosts of other kinds
: "${KPROV_LAB_IMAGE:=kprov-lab/host:bookworm}"

lab_root=${XDG_STATE_HOME:-$HOME/.local/state}/kprov-lab   # shared by the beds of this user
lab_cache=$lab_root/cache                                  # the base image's input, the compose binary
: "${KPROV_LAB_STATE:=$lab_root/$KPROV_LAB_NAME}"          # this bed: keys, known_hosts, inventory

if [ -z "$KPROV_LAB_INNER" ]; then
  KPROV_LAB_INNER=${KPROV_LAB_SUBNET%.*}.$((${KPROV_LAB_SUBNET##*.} + 1))
fi

cluster_hosts=(node1 node2 node3)
bare_hosts=(bastion inner)
other_hosts=(rpm sysv openrc)

has_profile() { [[ " ${KPROV_LAB_PROFILES//,/ } " == *" $1 "* ]]; }
bed_hosts=("${cluster_hosts[@]}")
! has_profile bare || bed_hosts+=("${bare_hosts[@]}")
! has_profile others || bed_hosts+=("${other_hosts[@]}")

# address_of HOST: where the bed's hosts answer; the compose file says the same.
address_of() {
  case $1 in
    mirror) echo "$KPROV_LAB_SUBNET.2" ;;
    node[1-9]) echo "$KPROV_LAB_SUBNET.1${1#node}" ;;
    bastion) echo "$KPROV_LAB_SUBNET.21" ;;
    inner) echo "$KPROV_LAB_INNER.22" ;;
    rpm) echo "$KPROV_LAB_SUBNET.31" ;;
    sysv) echo "$KPROV_LAB_SUBNET.32" ;;
    openrc) echo "$KPROV_LAB_SUBNET.33" ;;
    *) fail "no host named $1 in the bed (there are: ${cluster_hosts[*]} ${bare_hosts[*]} ${other_hosts[*]})" ;;
  esac
}
