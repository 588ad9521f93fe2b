import fc from 'fast-check';
import { firstControlPlane, type HeldCluster, joiningHosts } from '../../src/kubernetes/first-control-plane.js';

const held = (host: string, state: string, caHash?: string): HeldCluster => ({
  host,
  state,
  ...(caHash !== undefined && { caHash }),
});
const hosts = ['a', 'b', 'c'];

describe('the first control plane', () => {
  test.each<[name: string, known: HeldCluster[], expected: object]>([
    ['bare machines: the first of the list', hosts.map((h) => held(h, 'absent')), { first: 'a', exists: false }],
    [
      'whichever holds the cluster, however the list is ordered',
      [held('a', 'absent'), held('b', 'absent'), held('c', 'control_plane', 'x')],
      { first: 'c', exists: true },
    ],
    ['is found although others cannot be asked', [held('b', 'control_plane', 'x')], { first: 'b', exists: true }],
    [
      'the first of several holders',
      [held('c', 'control_plane', 'x'), held('b', 'control_plane', 'x'), held('a', 'absent')],
      { first: 'b', exists: true },
    ],
    [
      'an init that was interrupted goes on where it was',
      [held('a', 'absent'), held('b', 'unfinished'), held('c', 'absent')],
      { first: 'b', exists: false },
    ],
    [
      'an init that still runs comes before one that was interrupted',
      [held('a', 'unfinished'), held('b', 'initialising'), held('c', 'absent')],
      { first: 'b', exists: false },
    ],
    [
      'an interrupted join holds nothing',
      [held('a', 'absent'), held('b', 'joining'), held('c', 'absent')],
      { first: 'a', exists: false },
    ],
    [
      'none while one that may hold the cluster cannot be asked',
      [held('a', 'absent'), held('c', 'absent')],
      { problem: expect.stringMatching(/^b may hold the cluster and cannot be asked/) },
    ],
    [
      'none while one holds a cluster that is to be a worker',
      [...hosts.map((h) => held(h, 'absent')), held('w', 'control_plane', 'x'), held('v', 'worker', 'x')],
      { problem: expect.stringMatching(/^w is a control plane and not in the group of control planes/) },
    ],
    [
      'none where none is in the run',
      [],
      { problem: expect.stringMatching(/^no control plane is in this run: a, b, c/) },
    ],
    [
      'none where they hold different clusters',
      [held('a', 'control_plane', 'x'), held('b', 'absent'), held('c', 'control_plane', 'y')],
      { problem: expect.stringContaining('a (CA x), c (CA y)') },
    ],
  ])('%s', (_, known, expected) => {
    expect(firstControlPlane(hosts, known)).toEqual(expected);
  });

  test('is the same host whatever the order of the inventory, once there is a cluster', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        names.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const holder = list[0] ?? '';
          const known = list.map((host) => held(host, host === holder ? 'control_plane' : 'absent', 'x'));
          expect(firstControlPlane(shuffled, known)).toEqual({ first: holder, exists: true });
        },
      ),
    );
  });
});

test('whoever is no whole node has to join', () => {
  const states = ['absent', 'worker', 'control_plane', 'joining', 'unfinished', 'initialising'];
  expect(joiningHosts(states.map((state) => held(state, state)))).toEqual([
    'absent',
    'joining',
    'unfinished',
    'initialising',
  ]);
});
