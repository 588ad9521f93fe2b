#!/usr/bin/python3
"""Writes pyyaml-scalars.json: what PyYAML's SafeLoader makes of plain scalars. Run by hand after adding words."""
import datetime, json, math, os, yaml

words = """yes Yes YES yEs no No NO true True TRUE tRue false False FALSE on On ON off Off OFF y Y n N t f
~ null Null NULL nUll none None
0 1 -1 +1 00 007 0644 -0644 0o644 08 09 0_1 1_000 0x1F 0X1F 0x 0xg 0b101 0b2 -0b1 1:30 22:22 8080:80 1:60 190:20:30 01:30 0:30 -1:30
1.0 1. .5 -.5 +.5 . .. 1.5e3 1.5e+3 1.5e-3 1e3 1E3 1e+3 1.30 1.2.3 1_0.5 .inf -.inf +.inf .Inf .INF .iNf .nan .NaN .NAN 1:30.5 inf nan
2001-12-14 2001-12-14t21:59:43.10-05:00 12:30:45 = << 123abc abc123 v1.30 1,000 10.0.0.1 10.0.0.0/16 1-2 +a - -- a#b a:b 1:2:3 0.1.2 6443 +0 -0 12e03 685230.15 0.""".split()
words = [w for w in words if w != "<<" and w != "-" and w != "="]

def plain(v):
    if isinstance(v, (datetime.date, datetime.datetime)):
        return "timestamp"
    if isinstance(v, float) and (math.isinf(v) or math.isnan(v)):
        return {"float": str(v)}
    return v

result = {w: plain(yaml.safe_load("v: " + w)["v"]) for w in words}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "pyyaml-scalars.json"), "w") as out:
    json.dump(result, out, indent=2)
    out.write("\n")
