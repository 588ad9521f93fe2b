import { join } from 'node:path';
import {
  askAnsible,
  type Case,
  expectedOf,
  type Golden,
  isAnsibleHere,
  readCases,
  runCase,
  writeExpected,
} from './golden.js';

/**
 * Every case answered by Ansible itself once; the answers are beside the playbooks. To record those that are missing
 * (`KPROV_RECORD_CASES=new`) or some anew (`=PATTERN`), ansible-core must be installed.
 */
const wanted = process.env.KPROV_RECORD_CASES;
const cases = readCases(join(process.cwd(), 'test/engine/cases'));

/** kprov's answer may hold more fields than Ansible's, but none of Ansible's may be missing or different. */
const within = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(within);
  if (typeof value !== 'object' || value === null) return value;
  return expect.objectContaining(Object.fromEntries(Object.entries(value).map(([name, item]) => [name, within(item)])));
};

const expectation = ({ hosts, recap, files, attributes }: Golden): unknown => ({
  hosts: Object.fromEntries(
    Object.entries(hosts).map(([host, tasks]) => [
      host,
      tasks.map(({ result, ...task }) => ({ ...task, result: within(result) })),
    ]),
  ),
  recap,
  files,
  attributes,
});

async function answerTo(given: Case): Promise<Golden> {
  const own = async (): Promise<Golden> => (await runCase(given)).golden;
  if (given.differs !== undefined) return own();
  const answer = askAnsible(given);
  return given.recount === undefined ? answer : { ...answer, recap: (await own()).recap };
}

describe('plays come to what Ansible makes of them', () => {
  const asked = cases.filter(({ live }) => live !== true || isAnsibleHere());
  test.each(asked.map((given) => [given.name, given] as const))(
    '%s',
    async (_, given) => {
      let expected = given.live ? askAnsible(given) : expectedOf(given);
      if (wanted !== undefined && (wanted === 'new' ? !expected : new RegExp(wanted).test(given.name))) {
        expected = await answerTo(given);
        writeExpected(given, expected);
      }
      if (!expected) throw new Error(`${given.name} has no expected.json; record it with KPROV_RECORD_CASES=new`);
      const { golden, run } = await runCase(given);
      expect(run.refused).toEqual([]);
      expect(golden).toEqual(expectation(expected));
    },
    120_000,
  );
});
