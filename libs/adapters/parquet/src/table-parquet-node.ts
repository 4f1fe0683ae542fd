import {
  DuckDBListType,
  DuckDBMapType,
  DuckDBStructType,
  type DuckDBConnection,
  type DuckDBType,
} from '@duckdb/node-api';
import { quoteText } from './database.ts';

/** One column or nested field of a Parquet file as DuckDB sees it, with the field ids DuckDB does not show. */
export interface ParquetNode {
  readonly name: string;
  readonly type: DuckDBType;
  readonly fieldId?: number;
  /** Fields of a struct, the element of a list, key and value of a map; empty for a leaf. */
  readonly children: readonly ParquetNode[];
}

/** A file as a table function without surprises: no hive columns, no wildcards in the name. */
export function readParquet(readableNames: readonly string[], options = ''): string {
  return `read_parquet([${readableNames.map(quoteFile).join()}], hive_partitioning = false${options})`;
}

/** A file name as an SQL literal in which no character is a wildcard. */
export const quoteFile = (readableName: string): string =>
  quoteText(readableName.replace(/[[*?]/g, (character) => `[${character}]`));

/** The columns of the file; field ids are read only when asked for. */
export async function readParquetNodes(
  connection: DuckDBConnection,
  readableName: string,
  needsFieldIds: boolean,
): Promise<readonly ParquetNode[]> {
  const shape = await connection.run(`select * from ${readParquet([readableName])} limit 0`);
  const columns = shape.columnNames().map((name, index) => ({ name, type: shape.columnType(index) }));
  const root = needsFieldIds ? await readSchemaTree(connection, readableName) : undefined;
  return columns.map(({ name, type }, index) => toNode(name, type, root?.children[index]));
}

interface SchemaElement {
  readonly fieldId?: number;
  readonly name: string;
  readonly isRepeated: boolean;
  readonly children: SchemaElement[];
}

function toNode(name: string, type: DuckDBType, element: SchemaElement | undefined): ParquetNode {
  return {
    name,
    type,
    children: childrenOf(type, element),
    ...(element?.fieldId === undefined ? {} : { fieldId: element.fieldId }),
  };
}

function childrenOf(type: DuckDBType, element: SchemaElement | undefined): readonly ParquetNode[] {
  if (type instanceof DuckDBStructType) {
    return type.entryNames.flatMap((name, index) => {
      const inner = type.entryTypes[index];
      return inner === undefined ? [] : [toNode(name, inner, element?.children[index])];
    });
  }
  if (type instanceof DuckDBListType) {
    return [toNode('element', type.valueType, listElement(element))];
  }
  if (type instanceof DuckDBMapType) {
    const entry = element?.children[0];
    return [
      toNode('key', type.keyType, entry?.children[0]),
      toNode('value', type.valueType, entry?.children[1]),
    ];
  }
  return [];
}

/** Three-level lists wrap the element in a repeated group; in two-level ones the repeated field is the element. */
function listElement(list: SchemaElement | undefined): SchemaElement | undefined {
  const repeated = list?.isRepeated === true ? list : list?.children[0];
  if (repeated?.children.length !== 1) return repeated;
  const isElement = repeated.name === 'array' || repeated.name.endsWith('_tuple');
  return isElement ? repeated : repeated.children[0];
}

async function readSchemaTree(connection: DuckDBConnection, readableName: string): Promise<SchemaElement> {
  const result = await connection.run(
    `select name, field_id, num_children, repetition_type from parquet_schema(${quoteFile(readableName)})`,
  );
  const rows = await result.getRows();
  let next = 0;
  const readElement = (): SchemaElement => {
    const [name, fieldId, childCount, repetition] = rows[next++] ?? [];
    const children: SchemaElement[] = [];
    for (let i = Number(childCount ?? 0); i > 0 && next < rows.length; i--) children.push(readElement());
    return {
      name: String(name),
      isRepeated: repetition === 'REPEATED',
      children,
      ...(typeof fieldId === 'bigint' || typeof fieldId === 'number' ? { fieldId: Number(fieldId) } : {}),
    };
  };
  return readElement();
}
