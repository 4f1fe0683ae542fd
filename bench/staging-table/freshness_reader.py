#!/usr/bin/env python3
# freshness_reader.py TABLE WARM_UP_SECONDS: polls a Delta table with delta-rs until its stdin ends, then reads the rows of each
# version it saw and prints how old they were when it saw them (wall clock - Kafka timestamp), without those of the warm-up.
import json, os, select, sys, time
import numpy as np
import pyarrow.parquet as pq
from deltalake import DeltaTable

table, warm_up = sys.argv[1], float(sys.argv[2])
POLL_SECONDS = 0.05
log = os.path.join(table, '_delta_log')

seen = {}
delta = None
while not select.select([sys.stdin], [], [], POLL_SECONDS)[0]:
    if delta is None:
        if not os.path.exists(log) or not os.listdir(log): continue
        delta = DeltaTable(table)
    else:
        delta.update_incremental()
    now = time.time() * 1000
    for version in range(max(seen, default=-1) + 1, delta.version() + 1): seen[version] = now

ages, on_disk, sent = [], [], []
for version, moment in seen.items():
    entry = os.path.join(log, f'{version:020}.json')
    for line in open(entry):
        add = json.loads(line).get('add')
        if add is None or not add['dataChange']: continue
        rows = pq.read_table(os.path.join(table, add['path']), columns=['_timestamp'])['_timestamp'].to_numpy()
        times = rows.astype('datetime64[us]').astype('int64') / 1000
        sent.append(times)
        ages.append(moment - times)
        on_disk.append(os.stat(entry).st_ctime * 1000 - times)

sent, ages, on_disk = (np.concatenate(each) for each in (sent, ages, on_disk))
steady = sent >= sent.min() + warm_up * 1000
percentiles = lambda values: dict(zip(('p50', 'p95', 'p99', 'max'), (round(float(v)) for v in np.percentile(values, (50, 95, 99, 100)))))
print(json.dumps({'rows': len(sent), 'versions': len(seen), 'seen': percentiles(ages[steady]), 'onDisk': percentiles(on_disk[steady])}))
