"""An Ansible callback that prints what each host's tasks came to, as JSON: the golden answers of test/engine/cases."""
import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = '''
    name: kprov_record
    type: stdout
    short_description: results per host as JSON
    description: results per host as JSON
'''


def plain(value):
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'kprov_record'

    def __init__(self):
        super().__init__()
        self.hosts = {}

    def record(self, result, status, ignored=False):
        name = result._task_fields.get('name') or result._task.action
        role = result._task._role
        if role is not None and not name.startswith(role.get_name() + ' : '):
            name = '%s : %s' % (role.get_name(), name)
        if status == 'ok' and result._result.get('changed'):
            status = 'changed'
        self.hosts.setdefault(result._host.get_name(), []).append({
            'task': name.replace('ansible.builtin.', ''),
            'status': status,
            'ignored': ignored,
            'action': result._task.action.replace('ansible.builtin.', ''),
            'result': plain(result._result),
        })

    def v2_runner_on_ok(self, result):
        self.record(result, 'ok')

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.record(result, 'failed', bool(ignore_errors))

    def v2_runner_on_skipped(self, result):
        self.record(result, 'skipped')

    def v2_runner_on_unreachable(self, result):
        self.record(result, 'unreachable')

    def v2_playbook_on_stats(self, stats):
        recap = {host: stats.summarize(host) for host in sorted(stats.processed)}
        with open(os.environ['KPROV_RECORD'], 'w') as out:
            json.dump({'hosts': self.hosts, 'recap': recap}, out)
