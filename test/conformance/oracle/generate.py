"""Writes pairs of (rule, record, verdict) for the differential test, one JSON line each, to standard output.

Positives come from the shared recordings and from records built to satisfy a rule; each is then changed in
one place, and the evaluator judges what came out. The last line holds the totals.

    generate.py --rules DIR... --data DIR --positives N --neighbours N --seed S
"""

import argparse
import collections
import glob
import gzip
import json
import random
import sys
import warnings

from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule

import evaluator
import mutate
import synthesis
import windows


class Judge:
    """A rule with its parsed conditions."""

    def __init__(self, rule):
        self.id = str(rule.id)
        self.logsource = rule.logsource
        self.conditions = [condition.parsed for condition in rule.detection.parsed_condition]
        self.fields = sorted({field for tree in self.conditions for field in synthesis.fields_of(tree)})

    def verdict(self, record):
        """True or False, or None when the rule's log source does not fit the record."""
        fields = windows.flatten(record)
        if fields is None or windows.fits(self.logsource, fields) is not True:
            return None
        values = list(windows.values(record))
        return any(evaluator.evaluate(tree, fields, values) for tree in self.conditions)


def load(folders, skipped):
    judges = []
    for folder in folders:
        for path in sorted(glob.glob(f"{folder}/**/*.yml", recursive=True)):
            try:
                with open(path, encoding="utf-8") as file:
                    rule = SigmaRule.from_yaml(file.read())
                if rule.logsource.product not in (None, "windows"):
                    continue
                judges.append(Judge(rule))
            except SigmaError as error:
                skipped[f"not parsed: {type(error).__name__}"] += 1
    return judges


class Writer:
    def __init__(self):
        self.totals = collections.Counter()

    def write(self, judge, record, verdict, kind):
        self.totals["pairs"] += 1
        self.totals["bases" if kind in ("recorded", "built") else "neighbours"] += 1
        self.totals["positive" if verdict else "negative"] += 1
        self.totals[f"kind {kind}"] += 1
        line = {"rule": judge.id, "kind": kind, "expected": verdict, "record": record}
        sys.stdout.write(json.dumps(line) + "\n")


def recorded_positives(judges, data, skipped):
    """Pairs that match in the shared recordings: the lines that the expected results name for each rule."""
    by_id = {judge.id: judge for judge in judges}
    with open(f"{data}/expected-sigma.json", encoding="utf-8") as file:
        files = json.load(file)["files"]
    for name, expected in sorted(files.items()):
        wanted = collections.defaultdict(list)
        for rule, found in expected["rules"].items():
            for line in found["first_lines"]:
                if rule in by_id:
                    wanted[line].append(by_id[rule])
        with gzip.open(f"{data}/{name}", "rt", encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                for judge in wanted.get(number, []):
                    record = json.loads(line)
                    try:
                        matched = judge.verdict(record)
                    except evaluator.Unsupported as error:
                        skipped[f"not judged: {error}"] += 1
                        continue
                    if matched is None:
                        skipped["recorded, log source not in the table"] += 1
                    else:
                        yield judge, record, matched


def main():
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("--rules", nargs="+", required=True)
    parser.add_argument("--data", help="the shared recordings with expected-sigma.json")
    parser.add_argument("--positives", type=int, required=True)
    parser.add_argument("--neighbours", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()

    skipped = collections.Counter()
    chance = random.Random(options.seed)
    judges = load(options.rules, skipped)
    writer = Writer()
    bases = []
    if options.data is not None:
        for judge, record, verdict in recorded_positives(judges, options.data, skipped):
            writer.write(judge, record, verdict, "recorded")
            bases.append((judge, record))
    for judge in judges:
        built = synthesis.build(judge, chance, skipped)
        for record in built:
            writer.write(judge, record, True, "built")
            bases.append((judge, record))
    if not bases:
        sys.exit("no positive pair could be found or built")

    while writer.totals["positive"] < options.positives or writer.totals["neighbours"] < options.neighbours:
        judge, record = bases[chance.randrange(len(bases))]
        changed = mutate.once(record, judge.fields, chance)
        if changed is None:
            continue
        kind, record = changed
        try:
            verdict = judge.verdict(record)
        except evaluator.Unsupported as error:
            skipped[f"not judged: {error}"] += 1
            continue
        if verdict is not None:
            writer.write(judge, record, verdict, kind)
    summary = {"rules": len(judges), "bases": len(bases), **writer.totals, "skipped": dict(skipped)}
    sys.stdout.write(json.dumps({"summary": summary}) + "\n")


main()
