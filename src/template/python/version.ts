import * as pep440 from '@renovatebot/pep440';
import { TemplateError } from '../errors.js';

type Part = number | string;

const loose = (text: string): Part[] =>
  text
    .split(/(\d+|[a-z]+|\.)/)
    .filter((part) => part !== undefined && part !== '' && part !== '.')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

function compareParts(a: readonly Part[], b: readonly Part[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (x === y) continue;
    if (typeof x !== typeof y) {
      throw new TemplateError(
        `Version comparison failed: '<' not supported between instances of '${typeof x === 'number' ? 'int' : 'str'}' and '${typeof y === 'number' ? 'int' : 'str'}'`,
        {
          fix: "compare with version_type='semver' or with versions of the same shape",
        },
      );
    }
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

function strict(text: string): Part[] {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(text);
  if (match === null) throw new TemplateError(`Version comparison failed: invalid version number '${text}'`);
  const [, major, minor, patch = '0', letter, number = '0'] = match;
  // A pre-release sorts before the release: 'z' stands for none.
  return [Number(major), Number(minor), Number(patch), letter ?? 'z', Number(number)];
}

function semantic(text: string): { numbers: Part[]; pre: string[] } {
  const match = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([\dA-Za-z.-]+))?(?:\+[\dA-Za-z.-]+)?$/.exec(text);
  if (match === null) throw new TemplateError(`Version comparison failed: invalid semantic version '${text}'`);
  return { numbers: match.slice(1, 4).map(Number), pre: match[4]?.split('.') ?? [] };
}

function compareSemantic(a: string, b: string): number {
  const [x, y] = [semantic(a), semantic(b)];
  const order = compareParts(x.numbers, y.numbers);
  if (order !== 0) return order;
  if (x.pre.length === 0 || y.pre.length === 0) return y.pre.length - x.pre.length;
  for (let i = 0; i < Math.min(x.pre.length, y.pre.length); i++) {
    const [p = '', q = ''] = [x.pre[i], y.pre[i]];
    if (p === q) continue;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(p), /^\d+$/.test(q)];
    if (isNumber && isOtherNumber) return Number(p) - Number(q);
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    return p < q ? -1 : 1;
  }
  return x.pre.length - y.pre.length;
}

const schemes: Readonly<Record<string, (a: string, b: string) => number>> = {
  loose: (a, b) => compareParts(loose(a), loose(b)),
  strict: (a, b) => compareParts(strict(a), strict(b)),
  semver: compareSemantic,
  semantic: compareSemantic,
  pep440: (a, b) => {
    for (const version of [a, b]) {
      if (!pep440.valid(version)) throw new TemplateError(`Version comparison failed: Invalid version: '${version}'`);
    }
    return pep440.compare(a, b);
  },
};

const versionSchemes = (): string[] => Object.keys(schemes);

/** Negative, zero or positive. Throws TemplateError for an unknown scheme or a version that the scheme cannot read. */
export function compareVersions(a: string, b: string, scheme: string): number {
  const order = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (order === undefined) {
    throw new TemplateError(`Invalid version type (${scheme})`, { fix: `use one of ${versionSchemes().join(', ')}` });
  }
  return order(a, b);
}
