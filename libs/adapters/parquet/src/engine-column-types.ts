import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  FLOAT,
  INTEGER,
  LIST,
  MAP,
  SMALLINT,
  TIMESTAMP,
  TIMESTAMPTZ,
  TINYINT,
  VARCHAR,
  DuckDBStructType,
  type DuckDBType,
} from '@duckdb/node-api';
import type { ColumnType } from '@headwater/core-contract';

/** The DuckDB type that writes exactly the Parquet type Delta asks for. */
export function toDuckDbType(type: ColumnType): DuckDBType {
  switch (type.kind) {
    case 'string':
    case 'json':
      return VARCHAR;
    case 'boolean':
      return BOOLEAN;
    case 'integer':
      return { 8: TINYINT, 16: SMALLINT, 32: INTEGER, 64: BIGINT }[type.bits];
    case 'float':
      return FLOAT;
    case 'double':
      return DOUBLE;
    case 'decimal':
      return DECIMAL(type.precision, type.scale);
    case 'date':
      return DATE;
    case 'timestamp':
      return TIMESTAMPTZ;
    case 'timestampNtz':
      return TIMESTAMP;
    case 'binary':
      return BLOB;
    case 'struct':
      return new DuckDBStructType(
        type.fields.map((each) => each.name),
        type.fields.map((each) => toDuckDbType(each.type)),
      );
    case 'array':
      return LIST(toDuckDbType(type.element.type));
    case 'map':
      return MAP(VARCHAR, toDuckDbType(type.value.type));
  }
}

/** Bytes of one decimal in a vector: DuckDB keeps the unscaled value in the smallest integer that holds its precision. */
export const decimalBytes = (precision: number): 2 | 4 | 8 | 16 =>
  precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16;
