/** A place in a list: the value it is ordered by, then the identifier as tie-break. */
export interface ListPosition {
  readonly key: string;
  readonly id: string;
}

/** One page of a totally ordered list. `limit` is between 1 and 100. */
export type PageRequest =
  | { readonly direction: 'forward'; readonly limit: number; readonly after?: ListPosition }
  | { readonly direction: 'backward'; readonly limit: number; readonly before?: ListPosition };

export interface Page<T> {
  /** In list order, whatever the direction. */
  readonly items: readonly { readonly position: ListPosition; readonly item: T }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number;
}
