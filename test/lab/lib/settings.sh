# What a bed is called and where its things lie. Every value can come from the environment, so that
# several beds run side by side: another KPROV_LAB_NAME and another KPROV_LAB_SUBNET are enough.
# shellcheck shell=bash disable=SC2034

lab_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
repo_dir=$(cd "$lab_dir/../.." && pwd)
compose_file=$repo_dir/docker-compose.test.yml

: "${KPROV_LAB_NAME:=kprov-lab}"       # compose project; prefix of its containers and networks
: "${KPROV_LAB_SUBNET:=172.28.10}"     # the first three octets of the hosts' network, a /24
: "${KPROV_LAB_INNER:=}"               # the same for the network behind the bastion; default: the next one
: "${KPROV_LAB_PROFILES:=}"            # `bare` also starts the bastion and the host behind it
: "${KPROV_LAB_IMAGE:=kprov-lab/host:bookworm}"

lab_root=${XDG_STATE_HOME:-$HOME/.local/state}/kprov-lab   # shared by the beds of this user
lab_cache=$lab_root/cache                                  # the base image's input, the compose binary
: "${KPROV_LAB_STATE:=$lab_root/$KPROV_LAB_NAME}"          # this bed: keys, known_hosts, inventory

if [ -z "$KPROV_LAB_INNER" ]; then
  KPROV_LAB_INNER=${KPROV_LAB_SUBNET%.*}.$((${KPROV_LAB_SUBNET##*.} + 1))
fi

cluster_hosts=(node1 node2 node3)
bare_hosts=(bastion inner)

case " ${KPROV_LAB_PROFILES//,/ } " in
  *" bare "*) bed_hosts=("${cluster_hosts[@]}" "${bare_hosts[@]}") ;;
  *) bed_hosts=("${cluster_hosts[@]}") ;;
esac

# address_of HOST: where the bed's hosts answer; the compose file says the same.
address_of() {
  case $1 in
    mirror) echo "$KPROV_LAB_SUBNET.2" ;;
    node[1-9]) echo "$KPROV_LAB_SUBNET.1${1#node}" ;;
    bastion) echo "$KPROV_LAB_SUBNET.21" ;;
    inner) echo "$KPROV_LAB_INNER.22" ;;
    *) fail "no host named $1 in the bed (there are: ${cluster_hosts[*]} ${bare_hosts[*]})" ;;
  esac
}
