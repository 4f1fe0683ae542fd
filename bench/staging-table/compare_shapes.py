"""Reads two tables of one shape with delta-rs and says whether they hold the same rows, column by column.

usage: compare_shapes.py FOLDER FOLDER JSON_COLUMNS    names of columns that hold JSON text, separated by commas
Prints the number of rows; ends with 1 and the name of the column when one differs.
"""

import json
import sys

import deltalake
import pyarrow as pa
import pyarrow.compute as pc

ours_folder, theirs_folder, json_columns = sys.argv[1:4]
json_columns = [name for name in json_columns.split(",") if name]


def read(folder, columns):
    rows = deltalake.DeltaTable(folder).to_pyarrow_table(columns=columns)
    return rows.sort_by([("_partition", "ascending"), ("_offset", "ascending")]).combine_chunks()


theirs_names = [field.name for field in deltalake.DeltaTable(theirs_folder).schema().fields if field.name != "_topic"]
ours, theirs = read(ours_folder, theirs_names), read(theirs_folder, theirs_names)
if ours.num_rows != theirs.num_rows:
    sys.exit(f"{ours.num_rows} rows against {theirs.num_rows}")


def same(left, right):
    if isinstance(left, pa.ChunkedArray):
        left, right = left.combine_chunks(), right.combine_chunks()
    if isinstance(left, pa.ChunkedArray):
        left, right = pa.concat_arrays(left.chunks), pa.concat_arrays(right.chunks)
    if not pc.all(pc.equal(left.is_null(), right.is_null())).as_py():
        return False
    if pa.types.is_struct(left.type):
        return all(same(pc.struct_field(left, f.name), pc.struct_field(right, f.name)) for f in left.type)
    if pa.types.is_list(left.type) or pa.types.is_large_list(left.type):
        lengths = pc.equal(pc.list_value_length(left), pc.list_value_length(right))
        return pc.all(lengths).as_py() is not False and same(pc.list_flatten(left), pc.list_flatten(right))
    if pa.types.is_timestamp(left.type):
        left, right = (side.cast(pa.timestamp("us", "UTC")) for side in (left, right))
    return left.equals(right.cast(left.type))


for name in theirs_names:
    left, right = ours[name], theirs[name]
    if name in json_columns:
        equal = all(json.loads(a) == json.loads(b) for a, b in zip(left.to_pylist(), right.to_pylist()))
    else:
        equal = same(left, right)
    if not equal:
        sys.exit(f"column {name} differs")
print(ours.num_rows)
