"""Lets delta-rs compact, checkpoint and vacuum every kept table; its rows must stay what Headwater reads in it."""

import json
import os
import sys

from deltalake import DeltaTable


def main(folder):
    rewritten = []
    for name in sorted(name for name in os.listdir(folder) if name.endswith(".report.json")):
        with open(os.path.join(folder, name), encoding="utf8") as file:
            report = json.load(file)
        if report.get("rows") is None:
            continue
        table = DeltaTable(os.path.join(folder, report["table"]))
        if "domainMetadata" in (table.protocol().writer_features or []):
            continue  # a feature that delta-rs reads and does not write
        table.optimize.compact()
        table.create_checkpoint()
        table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
        rewritten.append(report["table"])
    with open(os.path.join(folder, "rewritten.json"), "w", encoding="utf8") as file:
        json.dump(rewritten, file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
