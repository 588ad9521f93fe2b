import { iniFile } from '../../../src/tasks/general/ini-file.js';
import { proveTaskCases } from '../../support/task-cases.js';

const ini = '; top\nglobal = 1\n\n[a]\n# x = 0\ny=2\n\n[b]\nz = 3\nz = 4\n';

proveTaskCases(iniFile, [
  {
    name: 'an option is changed where it stands',
    args: { path: '{dir}/f', section: 'a', option: 'y', value: '5' },
    files: { f: ini },
    after: { f: ini.replace('y=2', 'y = 5') },
    result: { msg: 'option changed', path: '{dir}/f' },
    diff: { before: ini, after: ini.replace('y=2', 'y = 5') },
    roundTrips: 2,
  },
  {
    name: 'one that is as asked for is left alone',
    args: { path: '{dir}/f', section: 'a', option: 'y', value: '2', no_extra_spaces: true },
    files: { f: ini },
    status: 'ok',
    result: { msg: 'OK', path: '{dir}/f' },
  },
  {
    name: 'one that is commented out is taken in place of',
    args: { path: '{dir}/f', section: 'a', option: 'x', value: '$(id) `id` "\'' },
    files: { f: ini },
    after: { f: ini.replace('# x = 0', 'x = $(id) `id` "\'') },
    roundTrips: 2,
  },
  {
    name: 'a new option comes behind the last one of its section',
    args: { path: '{dir}/f', section: 'a', option: 'n', value: 'v', no_extra_spaces: true },
    files: { f: ini },
    after: { f: ini.replace('y=2\n', 'y=2\nn=v\n') },
    result: { msg: 'option added' },
    roundTrips: 2,
  },
  {
    name: 'a new section comes at the end, of a new file behind a blank line',
    args: { path: '{dir}/sub/f', section: 's', option: 'o', value: 'v', mode: '0600' },
    after: { 'sub/f': '\n[s]\no = v\n' },
    modes: { 'sub/f': '0600' },
    result: { msg: 'section and option added' },
    roundTrips: 2,
  },
  {
    name: 'without a section the lines before the first one are meant',
    args: { path: '{dir}/f', option: 'global', value: '2' },
    files: { f: ini },
    after: { f: ini.replace('global = 1', 'global = 2') },
    roundTrips: 2,
  },
  {
    name: 'several values each have a line',
    args: { path: '{dir}/f', section: 'b', option: 'z', values: ['4', '5'] },
    files: { f: ini },
    after: { f: ini.replace('z = 3\nz = 4', 'z = 5\nz = 4') },
    roundTrips: 2,
  },
  {
    name: 'other values of the option stay where it is not exclusive',
    args: { path: '{dir}/f', section: 'b', option: 'z', value: '9', exclusive: false },
    files: { f: ini },
    after: { f: `${ini}z = 9\n` },
    roundTrips: 2,
  },
  {
    name: 'an option without a value',
    args: { path: '{dir}/f', section: 'b', option: 'skip', allow_no_value: true },
    files: { f: ini },
    after: { f: `${ini}skip\n` },
    roundTrips: 2,
  },
  {
    name: 'an option is removed, whatever its value',
    args: { path: '{dir}/f', section: 'b', option: 'z', state: 'absent' },
    files: { f: ini },
    after: { f: ini.replace('z = 3\nz = 4\n', '') },
    roundTrips: 2,
  },
  {
    name: 'a section is removed',
    args: { path: '{dir}/f', section: 'a', state: 'absent', backup: true },
    files: { f: ini },
    after: { f: ini.replace('[a]\n# x = 0\ny=2\n\n', '') },
    result: { msg: 'section removed', backup_file: expect.any(String) },
    roundTrips: 2,
  },
  {
    name: 'nothing is removed from a file that is not there',
    args: { path: '{dir}/none/f', section: 'a', state: 'absent' },
    status: 'ok',
    after: { none: undefined },
  },
  {
    name: 'a missing file is not made where create is off',
    args: { path: '{dir}/f', section: 'a', option: 'x', value: '1', create: false },
    status: 'failed',
    check: 'unknown',
    result: { msg: 'Destination {dir}/f does not exist!', rc: 257 },
  },
  {
    name: 'an option needs a value',
    args: { path: '{dir}/f', section: 'a', option: 'x' },
    status: 'failed',
    roundTrips: 0,
  },
]);
