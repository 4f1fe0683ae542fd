"""Reads tables of ad events with delta-rs and prints one JSON line each: counts and sums that are equal when the rows are.

usage: compare_tables.py NAME=EVENTS_FOLDER,QUARANTINE_FOLDER ...
"""

import json
import sys

import deltalake
import pyarrow as pa
import pyarrow.compute as pc


def micros(column):
    return pc.sum(column.cast(pa.timestamp("us", "UTC")).cast(pa.int64())).as_py()


for argument in sys.argv[1:]:
    name, folders = argument.split("=", 1)
    events, quarantine = folders.split(",")
    columns = ["_partition", "_offset", "event_id", "user_id", "country", "event_type", "revenue", "timestamp"]
    table = deltalake.DeltaTable(events)
    rows = table.to_pyarrow_table(columns=columns)
    refused = deltalake.DeltaTable(quarantine).to_pyarrow_table(columns=["partition", "offset"])
    key = pc.add(pc.multiply(rows["_partition"].cast(pa.int64()), 10_000_000_000), rows["_offset"])
    print(
        json.dumps(
            {
                "name": name,
                "valid": rows.num_rows,
                "places": pc.count_distinct(key).as_py(),
                "offsets": pc.sum(rows["_offset"]).as_py(),
                "events": pc.count_distinct(rows["event_id"]).as_py(),
                "users": pc.count_distinct(rows["user_id"]).as_py(),
                "revenue": round(pc.sum(rows["revenue"]).as_py(), 3),
                "micros": micros(rows["timestamp"]),
                "countries": sorted((x["values"], x["counts"]) for x in pc.value_counts(rows["country"]).to_pylist()),
                "invalid": refused.num_rows,
                "invalidOffsets": pc.sum(refused["offset"]).as_py(),
            }
        )
    )
