/** `staging-first` as GraphQL spells it: `STAGING_FIRST`. */
export type EnumName<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Uppercase<Head>}_${EnumName<Tail>}`
  : Uppercase<S>;

export const toEnumName = <S extends string>(value: S): EnumName<S> =>
  value.toUpperCase().replaceAll('-', '_') as EnumName<S>;

/** The inverse of `EnumName`. */
export type CoreName<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}-${CoreName<Tail>}`
  : Lowercase<S>;

export const toCoreName = <S extends string>(value: S): CoreName<S> =>
  value.toLowerCase().replaceAll('_', '-') as CoreName<S>;
