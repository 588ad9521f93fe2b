import { type Diagnostic, KprovError } from '../errors/index.js';
import { type Cidr, overlaps, parseSubnets } from './cidr.js';
import type { ClusterOptions } from './kubeadm-options.js';

const DEFAULT_SERVICE_SUBNET = '10.96.0.0/12';

function read(text: string, what: string, found: Diagnostic[]): Cidr[] {
  try {
    return parseSubnets(text, what);
  } catch (error) {
    if (!(error instanceof KprovError)) throw error;
    const { code, message, why, fix } = error;
    found.push({
      severity: 'error',
      code,
      message,
      ...(why === undefined ? {} : { why }),
      ...(fix === undefined ? {} : { fix }),
    });
    return [];
  }
}

/** Malformed and overlapping subnets. */
export function checkClusterSubnets(options: Pick<ClusterOptions, 'podSubnet' | 'serviceSubnet'>): Diagnostic[] {
  const found: Diagnostic[] = [];
  const pods = options.podSubnet === undefined ? [] : read(options.podSubnet, 'pod subnet', found);
  const services = read(options.serviceSubnet ?? DEFAULT_SERVICE_SUBNET, 'service subnet', found);
  if (pods.some((pod) => services.some((service) => overlaps(pod, service)))) {
    const serviceSubnet = options.serviceSubnet ?? DEFAULT_SERVICE_SUBNET;
    found.push({
      severity: 'error',
      code: 'subnet-overlap',
      message: `pod subnet ${options.podSubnet} overlaps with the service subnet ${serviceSubnet}`,
      why: 'An address must belong either to a pod or to a service.',
      fix: 'Choose a pod subnet outside of it, such as 10.244.0.0/16.',
    });
  }
  return found;
}
