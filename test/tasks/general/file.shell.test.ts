import { file } from '../../../src/tasks/general/file.js';
import { proveTaskCases } from '../../support/task-cases.js';

const refused = (name: string, args: Record<string, string | boolean>, msg: string, files = {}) =>
  ({ name, args, files, status: 'failed', result: { msg } }) as const;

proveTaskCases(file, [
  {
    name: 'a directory is made with its parents, all with the mode',
    args: { path: '{dir}/a/b/c/', state: 'directory', mode: '0750' },
    after: { 'a/b/c': 'directory' },
    modes: { a: '0750', 'a/b': '0750', 'a/b/c': '0750' },
    result: { path: '{dir}/a/b/c', state: 'directory', mode: '0750' },
    diff: {
      before: '{\n    "path": "{dir}/a/b/c",\n    "state": "absent"\n}\n',
      after: '{\n    "path": "{dir}/a/b/c",\n    "state": "directory"\n}\n',
    },
  },
  {
    name: 'a directory that is there gets the mode',
    files: { a: { directory: true } },
    args: { path: '{dir}/a', state: 'directory', mode: 'g-rx,o=' },
    modes: { a: '0700' },
  },
  {
    name: 'a set-group-id bit is cleared by an octal mode',
    files: { a: { directory: true, mode: 0o2755 } },
    args: { path: '{dir}/a', state: 'directory', mode: '0755' },
    modes: { a: '0755' },
  },
  {
    name: 'recurse reaches everything below, X only what may be executed',
    files: {
      'a/f': { content: '', mode: 0o600 },
      'a/x': { content: '', mode: 0o700 },
      'a/d/g': { content: '', mode: 0o640 },
    },
    args: { path: '{dir}/a', state: 'directory', mode: 'u=rwX,g=rX,o=rX', recurse: true },
    modes: { a: '0755', 'a/f': '0644', 'a/x': '0755', 'a/d': '0755', 'a/d/g': '0644' },
  },
  {
    name: 'recurse with an octal mode and an owner',
    files: { 'a/f': 'x', 'a/l': { link: 'f' }, 'a/gone': { link: 'nowhere' } },
    args: { path: '{dir}/a', mode: '0700', owner: 'nobody', group: '65534', recurse: true },
    modes: { a: '0700', 'a/f': '0700' },
  },
  {
    name: 'a file is not a directory',
    files: { f: 'x' },
    args: { path: '{dir}/f', state: 'directory' },
    status: 'failed',
    result: { msg: '{dir}/f already exists as a file' },
  },
  {
    name: 'a file is not made by state file',
    args: { path: '{dir}/f', state: 'file' },
    status: 'failed',
    check: 'unknown',
    result: { msg: 'file ({dir}/f) is absent, cannot continue' },
  },
  {
    name: 'without a state what is there is kept',
    files: { f: 'x' },
    args: { path: '{dir}/f', mode: '0600', owner: 'nobody' },
    modes: { f: '0600' },
    result: { owner: 'nobody', state: 'file' },
  },
  {
    name: 'touch makes an empty file',
    args: { path: '{dir}/f', state: 'touch', mode: '0600', modification_time: 'preserve', access_time: 'preserve' },
    after: { f: '' },
    modes: { f: '0600' },
    result: { dest: '{dir}/f', size: 0 },
  },
  {
    name: 'touch renews the times each time',
    files: { f: 'x' },
    args: { path: '{dir}/f', state: 'touch' },
    after: { f: 'x' },
    again: 'changed',
  },
  {
    name: 'times in a format',
    files: { f: 'x' },
    args: {
      path: '{dir}/f',
      modification_time: '2021-03-04 05:06',
      modification_time_format: '%Y-%m-%d %H:%M',
    },
  },
  {
    name: 'absent removes a directory and all in it, and says what was there',
    files: { 'a/b': 'x', 'a/c/d': 'y' },
    args: { path: '{dir}/a', state: 'absent' },
    after: { a: undefined },
    result: { path: '{dir}/a', state: 'absent' },
    diff: {
      before:
        '{\n    "path": "{dir}/a",\n    "path_content": {\n        "directories": [\n            "{dir}/a/c"\n        ],\n        "files": [\n            "{dir}/a/b",\n            "{dir}/a/c/d"\n        ]\n    },\n    "state": "directory"\n}\n',
      after: '{\n    "path": "{dir}/a",\n    "state": "absent"\n}\n',
    },
  },
  {
    name: 'absent removes a link, not what it points to',
    files: { t: 'x', l: { link: 't' } },
    args: { path: '{dir}/l', state: 'absent' },
    after: { t: 'x', l: undefined },
  },
  { name: 'what is not there stays away', args: { path: '{dir}/none', state: 'absent' }, status: 'ok' },
  {
    name: 'a link is made',
    files: { t: 'x' },
    args: { path: '{dir}/l', src: 't', state: 'link' },
    after: { l: '-> t' },
    result: { dest: '{dir}/l', src: 't', state: 'link' },
  },
  {
    name: 'a link is turned to another target, a directory at the old one notwithstanding',
    files: { 'old/x': '', new: '', l: { link: 'old' } },
    args: { path: '{dir}/l', src: '{dir}/new', state: 'link' },
    after: { l: '-> {dir}/new' },
    diff: {
      before: '{\n    "path": "{dir}/l",\n    "src": "old"\n}\n',
      after: '{\n    "path": "{dir}/l",\n    "src": "{dir}/new"\n}\n',
    },
  },
  {
    name: 'a link to nothing needs force',
    args: { path: '{dir}/l', src: '{dir}/none', state: 'link' },
    status: 'failed',
    check: 'unknown',
  },
  {
    name: 'force makes a link to nothing, and replaces a file',
    files: { l: 'x' },
    args: { path: '{dir}/l', src: '/none', state: 'link', force: true },
    after: { l: '-> /none' },
  },
  {
    name: 'force replaces an empty directory by a link',
    files: { l: { directory: true } },
    args: { path: '{dir}/l', src: '/none', state: 'link', force: true },
    after: { l: '-> /none' },
  },
  refused(
    'a directory with something in it is never replaced by a link',
    { path: '{dir}/l', src: '/none', state: 'link', force: true },
    'the directory {dir}/l is not empty, refusing to convert it',
    { 'l/x': '' },
  ),
  refused(
    'a file is not replaced by a link without force',
    { path: '{dir}/l', src: '{dir}/t', state: 'link' },
    'refusing to convert from file to symlink for {dir}/l',
    { l: '', t: '' },
  ),
  {
    name: 'a hard link is made',
    files: { t: 'x' },
    args: { path: '{dir}/h', src: '{dir}/t', state: 'hard' },
    after: { h: 'x' },
    result: { state: 'hard' },
  },
  refused(
    'a hard link does not replace a file without force',
    { path: '{dir}/h', src: '{dir}/t', state: 'hard' },
    'Cannot link, file exists at destination',
    { h: '', t: '' },
  ),
  {
    name: 'the owner of a link with follow off is the link itself',
    files: { t: 'x', l: { link: 't' } },
    args: { path: '{dir}/l', owner: 'nobody', follow: false },
    after: { l: '-> t' },
  },
]);
