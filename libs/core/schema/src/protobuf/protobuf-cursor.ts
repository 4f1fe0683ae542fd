import { SchemaRefusal } from '../schema-problem.ts';
import { tokenize, type Token } from './protobuf-tokens.ts';

/** Steps through the tokens of a .proto text. */
export interface ProtobufCursor {
  readonly text: string;
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the token when it is the given mark or word. */
  takes(value: string): boolean;
  expect(value: string): Token;
  word(what: string): Token;
  /** `a.b.c`, with a leading dot where there is one. */
  typeName(): string;
  textValue(what: string): string;
  integer(what: string): number;
  refuse(token: Token, rule: string, message: string, fix: string): never;
}

export function createProtobufCursor(text: string): ProtobufCursor {
  const tokens = tokenize(text);
  let index = 0;

  const peek = (ahead = 0): Token => tokens[Math.min(index + ahead, tokens.length - 1)] as Token;
  const next = (): Token => {
    const token = peek();
    index += 1;
    return token;
  };
  const refuse = (token: Token, rule: string, message: string, fix: string): never => {
    throw new SchemaRefusal(token.at, rule, message, fix);
  };
  const unexpected = (token: Token, what: string): never => {
    const found =
      token.kind === 'end' ? 'the text ends' : `${JSON.stringify(token.value.slice(0, 40))} stands there`;
    return refuse(token, 'not-protobuf', `${what} is expected, ${found}`, 'Correct the .proto text.');
  };
  const isMark = (token: Token, value: string) => token.value === value && token.kind !== 'text';
  const takes = (value: string): boolean => {
    if (!isMark(peek(), value)) return false;
    index += 1;
    return true;
  };
  const expect = (value: string): Token => {
    const token = peek();
    if (!takes(value)) unexpected(token, value);
    return token;
  };
  const word = (what: string): Token => {
    const token = next();
    return token.kind === 'word' ? token : unexpected(token, what);
  };

  return {
    text,
    peek,
    next,
    takes,
    expect,
    word,
    refuse,
    typeName() {
      let name = takes('.') ? '.' : '';
      name += word('a type').value;
      while (takes('.')) name += `.${word('a name').value}`;
      return name;
    },
    textValue(what) {
      const first = next();
      if (first.kind !== 'text') unexpected(first, what);
      let value = first.value;
      while (peek().kind === 'text') value += next().value;
      return value;
    },
    integer(what) {
      const isNegative = takes('-');
      const token = next();
      const value = /^0[0-7]+$/.test(token.value) ? Number.parseInt(token.value, 8) : Number(token.value);
      if (token.kind !== 'number' || !Number.isSafeInteger(value)) return unexpected(token, what);
      return isNegative ? -value : value;
    },
  };
}
