/** What a machine that is to be a control plane holds. */
export interface HeldCluster {
  readonly host: string;
  /**
   * control_plane: a control plane, or what is left of one · initialising: kubeadm init runs · unfinished: an
   * interrupted kubeadm init · joining: an interrupted kubeadm join · worker · absent.
   */
  readonly state: string;
  /** Hash of its cluster's CA, where there is one. */
  readonly caHash?: string;
}

/** The hosts that are no nodes yet, or none that is whole: they need a token to join with. */
export const joiningHosts = (known: readonly HeldCluster[]): string[] =>
  known.filter(({ state }) => state !== 'control_plane' && state !== 'worker').map(({ host }) => host);

export type FirstControlPlane = { readonly first: string; readonly exists: boolean } | { readonly problem: string };

const named = (hosts: readonly string[]): string => hosts.join(', ');

/**
 * Which control plane makes the cluster, or holds it already, however the inventory is ordered. There is none while a
 * machine that might hold it cannot be asked, or while one holds it that is to be a worker: two clusters would be worse.
 */
export function firstControlPlane(hosts: readonly string[], known: readonly HeldCluster[]): FirstControlPlane {
  const inOrder = hosts.flatMap((host) => known.filter((one) => one.host === host));
  const unknown = hosts.filter((host) => !known.some((one) => one.host === host));
  const holders = inOrder.filter(({ state }) => state === 'control_plane');
  const clusters = new Set(holders.map(({ caHash }) => caHash).filter((hash) => hash !== undefined));
  if (clusters.size > 1) {
    const list = named(holders.map(({ host, caHash }) => `${host} (CA ${caHash ?? 'unknown'})`));
    return {
      problem: `these control planes belong to different clusters: ${list}; take those out that are not wanted, with kubeadm_reset, or give each cluster an inventory of its own`,
    };
  }
  const [holder] = holders;
  if (holder) return { first: holder.host, exists: true };
  const outsiders = known.filter(({ host, state }) => state === 'control_plane' && !hosts.includes(host));
  if (outsiders.length > 0) {
    return {
      problem: `${named(outsiders.map(({ host }) => host))} is a control plane and not in the group of control planes, so none is made on the others; put it there, or take it out of its cluster with kubeadm_reset`,
    };
  }
  if (unknown.length === hosts.length) {
    return {
      problem: `no control plane is in this run: ${named(unknown)} cannot be reached, or --limit leaves them out`,
    };
  }
  if (unknown.length > 0) {
    return {
      problem: `${named(unknown)} may hold the cluster and cannot be asked (unreachable, failed, or left out by --limit), so none is made on the others; bring them back, or take them out of the group of control planes`,
    };
  }
  const begun =
    inOrder.find(({ state }) => state === 'initialising') ?? inOrder.find(({ state }) => state === 'unfinished');
  return { first: (begun ?? inOrder[0])?.host ?? '', exists: false };
}
