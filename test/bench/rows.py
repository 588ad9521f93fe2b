"""Measurements as they come, one JSON a line, so that a bench that was broken off goes on where it was."""
import json, os, time


class Rows:
    def __init__(self, path, commit, budget_s):
        self.path, self.commit, self.budget_s, self.began = path, commit, budget_s, time.monotonic()
        self.rows = []
        if os.path.exists(path):
            with open(path) as f:
                self.rows = [r for r in map(json.loads, f) if r["commit"] == commit]
            with open(path, "w") as f:
                f.writelines(json.dumps(r) + "\n" for r in self.rows)
        self.kept = len(self.rows)
        self.left_out = []

    def of(self, **key):
        return [r for r in self.rows if all(r.get(k) == v for k, v in key.items())]

    def add(self, row, **key):
        row = {**row, **key, "commit": self.commit, "at": int(time.time())}
        self.rows.append(row)
        with open(self.path, "a") as f:
            f.write(json.dumps(row) + "\n")

    def elapsed_s(self):
        return time.monotonic() - self.began

    def has_time(self, what, estimate_s):
        """False, and noted, where it would end after the time that is given."""
        if self.elapsed_s() + estimate_s <= self.budget_s:
            print(f"[{self.elapsed_s() / 60:.1f} of {self.budget_s / 60:.0f} min] {what} (about {estimate_s:.0f} s)", flush=True)
            return True
        if what not in self.left_out:
            self.left_out.append(what)
            print(f"left out for want of time: {what} (about {estimate_s:.0f} s)", flush=True)
        return False
