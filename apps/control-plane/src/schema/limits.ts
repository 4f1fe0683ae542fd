import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** Bounds on one request document. */
export const limits = {
  tokens: 4_000,
  aliases: 30,
  depth: 16,
  /** Fields that an answer can have at most, lists counted by their page size. */
  cost: 20_000,
  pageSizeDefault: 20,
  pageSizeMax: 100,
} as const;

/** A validation rule: refuses documents with too many aliases, too much nesting or too large an answer. */
export const limitRule = (context: ValidationContext): ASTVisitor => ({
  Document: (document) => {
    for (const problem of judgeDocument(document)) context.reportError(new GraphQLError(problem));
  },
});

/** What is too much about a document, empty when it is within the limits. */
export function judgeDocument(document: DocumentNode): readonly string[] {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const problems: string[] = [];
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const size = measure(node.selectionSet, fragments, new Set());
    for (const measured of ['aliases', 'depth', 'cost'] as const) {
      if (size[measured] > limits[measured]) {
        problems.push(
          `The query's ${measured} is ${size[measured]}; at most ${limits[measured]} is allowed.`,
        );
      }
    }
  }
  return problems;
}

interface Size {
  readonly depth: number;
  readonly cost: number;
  readonly aliases: number;
}

function measure(
  selectionSet: SelectionSetNode | undefined,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  open: ReadonlySet<string>,
): Size {
  const parts = (selectionSet?.selections ?? []).map((selection): Size => {
    if (selection.kind === Kind.FIELD) return measureField(selection, fragments, open);
    if (selection.kind === Kind.INLINE_FRAGMENT) return measure(selection.selectionSet, fragments, open);
    const name = selection.name.value;
    // A fragment inside itself is refused by GraphQL's own rules; here it only must not loop.
    if (open.has(name)) return { depth: 0, cost: 0, aliases: 0 };
    return measure(fragments.get(name)?.selectionSet, fragments, new Set([...open, name]));
  });
  return {
    depth: Math.max(0, ...parts.map(({ depth }) => depth)),
    cost: parts.reduce((sum, { cost }) => Math.min(sum + cost, Number.MAX_SAFE_INTEGER), 0),
    aliases: parts.reduce((sum, { aliases }) => sum + aliases, 0),
  };
}

function measureField(
  field: FieldNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  open: ReadonlySet<string>,
): Size {
  const isIntrospection = field.name.value.startsWith('__');
  const inner = measure(field.selectionSet, fragments, open);
  return {
    depth: isIntrospection ? 1 : inner.depth + 1,
    cost: isIntrospection ? 1 : 1 + inner.cost * pageSize(field),
    aliases: inner.aliases + (field.alias === undefined ? 0 : 1),
  };
}

/** How often a field's children repeat: its page size when it is asked for, else once. */
function pageSize(field: FieldNode): number {
  const size = field.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last')?.value;
  if (size === undefined) return 1;
  return size.kind === Kind.INT ? Math.min(Number(size.value), limits.pageSizeMax) : limits.pageSizeMax;
}
