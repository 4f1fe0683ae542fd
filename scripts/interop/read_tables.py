"""Reads every kept table with delta-rs and with DuckDB and compares it with Headwater's own report.

Per table: version, schema, files, txn versions, row counts now and in older versions, a checksum per column, the rows
themselves, and predicates that statistics may skip files for: a predicate must never hide a row.
"""

import base64
import datetime
import decimal
import hashlib
import json
import math
import os
import random
import shutil
import struct
import sys
import urllib.parse

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, QueryBuilder

EXACT_MAX = 2**53
EPOCH = datetime.datetime(1970, 1, 1)


def plain(kind, value):
    """A value of an Arrow or DuckDB table in the JSON form that `headwater table rows` writes."""
    if value is None:
        return None
    if isinstance(kind, dict):
        if kind["type"] == "struct":
            return {f["name"]: plain(f["type"], value[f["name"]]) for f in kind["fields"]}
        if kind["type"] == "array":
            return [plain(kind["elementType"], each) for each in value]
        pairs = value.items() if isinstance(value, dict) else value
        return {str(plain(kind["keyType"], k)): plain(kind["valueType"], v) for k, v in pairs}
    if kind in ("long", "integer", "short", "byte"):
        return value if abs(value) <= EXACT_MAX else str(value)
    if kind in ("float", "double"):
        if math.isnan(value):
            return "NaN"
        return value if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")
    if kind.startswith("decimal"):
        scale = int(kind.split(",")[1].rstrip(")"))
        with decimal.localcontext() as context:
            context.prec = 60
            return format(value.quantize(decimal.Decimal(1).scaleb(-scale)), "f")
    if kind == "binary":
        return base64.b64encode(value).decode()
    if kind == "date":
        return value.isoformat()
    if kind == "timestamp":
        return value.astimezone(datetime.timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    if kind == "timestamp_ntz":
        return value.isoformat(timespec="microseconds")
    return value


def canonical(value):
    """Equal for equal values, whether an integral double was written as 1 or 1.0; minus zero stays apart."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return struct.pack(">d", float(value)).hex()
    if isinstance(value, list):
        return [canonical(each) for each in value]
    return {key: canonical(inner) for key, inner in value.items()}


def text(value):
    return json.dumps(canonical(value), ensure_ascii=True)


def checksum(values):
    """The same for the same values in any order."""
    return sum(int.from_bytes(hashlib.sha256(text(each).encode()).digest()[:16], "big") for each in values) % 2**128


class Verdict:
    def __init__(self):
        self.checks = 0
        self.failures = []

    def equal(self, what, ours, theirs):
        self.checks += 1
        if ours != theirs:
            self.failures.append(f"{what}: Headwater {str(ours)[:200]} | other {str(theirs)[:200]}")


def rows_of(table, fields):
    columns = {f["name"]: table.column(f["name"]).to_pylist() for f in fields}
    count = table.num_rows
    return [{f["name"]: plain(f["type"], columns[f["name"]][i]) for f in fields} for i in range(count)]


def compare_rows(verdict, engine, fields, ours, theirs):
    verdict.equal(f"{engine} rows", len(ours), len(theirs))
    for f in fields:
        name = f["name"]
        verdict.equal(
            f"{engine} checksum of {name}",
            checksum([row[name] for row in ours]),
            checksum([row[name] for row in theirs]),
        )
    verdict.equal(f"{engine} rows as a whole", sorted(map(text, ours)), sorted(map(text, theirs)))


def read_with_duckdb(delta_table, report):
    """DuckDB's own Parquet reader over the files and partition values that delta-rs names."""
    fields = report["schema"]["fields"]
    partition_columns = set(report["partitionColumns"])
    actions = pa.table(delta_table.get_add_actions(flatten=False)).to_pylist()
    root = urllib.parse.unquote(urllib.parse.urlparse(delta_table.table_uri).path) or delta_table.table_uri
    rows = []
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for action in actions:
        path = os.path.join(root, urllib.parse.unquote(action["path"]))
        if not os.path.exists(path):
            path = os.path.join(root, action["path"])
        escaped = "".join(f"[{c}]" if c in "[*?" else c for c in path).replace("'", "''")
        result = connection.execute(f"select * from read_parquet('{escaped}', hive_partitioning = false)").to_arrow_table()
        present = set(result.column_names)
        columns = {name: result.column(name).to_pylist() for name in present}
        values = action.get("partition") or action.get("partition_values") or {}
        for i in range(result.num_rows):
            row = {}
            for f in fields:
                name = f["name"]
                if name in partition_columns:
                    row[name] = plain(f["type"], values.get(name))
                else:
                    row[name] = plain(f["type"], columns[name][i]) if name in present else None
            rows.append(row)
    return rows


PREDICATE_TYPES = (
    "long",
    "integer",
    "short",
    "byte",
    "float",
    "double",
    "boolean",
    "binary",
    "string",
    "date",
    "timestamp",
    "timestamp_ntz",
)


def sql_literal(kind, value):
    if kind == "string":
        return "'" + value.replace("'", "''") + "'"
    if kind == "date":
        return f"cast('{value.isoformat()}' as date)"
    if kind == "timestamp":
        return f"cast('{value.astimezone(datetime.timezone.utc).isoformat(timespec='microseconds')}' as timestamp with time zone)"
    return "true" if value is True else "false" if value is False else repr(value)


def fits_sql(value):
    """DataFusion reads timestamp literals as nanoseconds, which end in 2262, and no NUL in text."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, datetime.datetime):
        return 1678 <= value.year <= 2261
    return "\0" not in str(value)


def compare_skipping(verdict, delta_table, everything, fields, seed):
    """Predicates at real values: what skipping by statistics returns must be what filtering every row returns."""
    dataset = delta_table.to_pyarrow_dataset()
    chosen = random.Random(seed)
    operators = {"=": pc.equal, "<=": pc.less_equal, ">=": pc.greater_equal}
    for f in fields:
        kind = f["type"]
        if not (isinstance(kind, str) and (kind in PREDICATE_TYPES or kind.startswith("decimal"))):
            continue
        column = everything.column(f["name"])
        distinct = [v for v in column.drop_null().unique().to_pylist() if v == v]
        if not distinct:
            continue
        values = {min(distinct), max(distinct), *chosen.sample(distinct, min(4, len(distinct)))}
        for value in values:
            scalar = pa.scalar(value, column.type)
            for name, operator in operators.items():
                expected = everything.filter(operator(column, scalar)).num_rows
                where = f"{f['name']} {name} {str(value)[:40]!r}"
                actual = dataset.to_table(columns=[f["name"]], filter=operator(pc.field(f["name"]), scalar)).num_rows
                verdict.equal(f"skipping in the dataset: {where}", expected, actual)
                if kind in ("long", "integer", "double", "boolean", "string", "date", "timestamp") and fits_sql(value):
                    sql = f'select count(*) as n from t where "{f["name"]}" {name} {sql_literal(kind, value)}'
                    answer = pa.table(QueryBuilder().register("t", delta_table).execute(sql))
                    # SQL orders NaN above every number, Arrow compares it with none.
                    nans = pc.sum(pc.is_nan(column)).as_py() or 0 if kind == "double" and name == ">=" else 0
                    verdict.equal(f"skipping in SQL: {where}", expected + nans, answer.column("n")[0].as_py())


def check(folder, report, ours):
    verdict = Verdict()
    path = os.path.join(folder, report["table"])
    table = DeltaTable(path)
    verdict.equal("version", report["version"], str(table.version()))
    fields = report["schema"]["fields"]
    theirs = json.loads(table.schema().to_json())["fields"]
    verdict.equal("schema", [(f["name"], f["type"]) for f in fields], [(f["name"], f["type"]) for f in theirs])
    verdict.equal("partition columns", report["partitionColumns"], table.metadata().partition_columns)
    verdict.equal("number of files", len(report["files"]), len(table.file_uris()))
    for app_id, version in report["txns"].items():
        verdict.equal(f"txn {app_id}", version, str(table.transaction_version(app_id)))
    if ours is None:
        return verdict
    everything = table.to_pyarrow_dataset().to_table()
    compare_rows(verdict, "delta-rs", fields, ours, rows_of(everything, fields))
    compare_rows(verdict, "DuckDB", fields, ours, read_with_duckdb(table, report))
    compare_skipping(verdict, table, everything, fields, report["table"])
    for version, count in report["olderRows"].items():
        older = DeltaTable(path, version=int(version)).to_pyarrow_dataset().count_rows()
        verdict.equal(f"rows of version {version}", count, older)
    return verdict


def main(folder):
    failed = 0
    checks = 0
    reports = sorted(name for name in os.listdir(folder) if name.endswith(".report.json"))
    for name in reports:
        with open(os.path.join(folder, name), encoding="utf8") as file:
            report = json.load(file)
        rows = None
        rows_file = os.path.join(folder, name.replace(".report.json", ".rows.jsonl"))
        if os.path.exists(rows_file):
            with open(rows_file, encoding="utf8") as file:
                rows = [json.loads(line) for line in file.read().split("\n") if line]
        try:
            verdict = check(folder, report, rows)
        except Exception as error:  # an engine that refuses a table is a finding, not a crash of the comparison
            verdict = Verdict()
            verdict.failures.append(f"{type(error).__name__}: {error}")
        checks += verdict.checks
        failed += 1 if verdict.failures else 0
        state = "FAILED" if verdict.failures else "ok"
        kind = "log only" if rows is None else f"{len(rows)} rows"
        print(f"{state:6} {report['table']} v{report['version']} {kind}, {verdict.checks} checks")
        for failure in verdict.failures[:8]:
            print(f"       {failure}")
    print(f"{len(reports) - failed} tables agree, {failed} disagree, {checks} checks")
    return 1 if failed or not reports else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
