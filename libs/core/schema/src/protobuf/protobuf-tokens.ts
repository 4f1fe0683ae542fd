import { schemaBounds, SchemaRefusal } from '../schema-problem.ts';

export type TokenKind = 'word' | 'number' | 'text' | 'mark' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a text the characters it stands for. */
  readonly value: string;
  readonly at: number;
  readonly end: number;
  /** The comment that ends on the line above, without its marks. */
  readonly comment: string;
}

const spaceForm = /\s+/y;
const commentForm = /\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\//y;
const wordForm = /[A-Za-z_][A-Za-z0-9_]*/y;
const numberForm = /0[xX][0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y;
const textForm = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y;

const match = (form: RegExp, text: string, at: number): string | undefined => {
  form.lastIndex = at;
  return form.exec(text)?.[0];
};

/** Splits a .proto text ("Lexical Elements" of the language specification). */
export function tokenize(text: string): readonly Token[] {
  if (text.length > schemaBounds.textCharactersMax) {
    throw new SchemaRefusal(0, 'too-large', `the text has ${text.length} characters`, 'Give one schema.');
  }
  const tokens: Token[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let comment = '';
  while (at < text.length) {
    const space = match(spaceForm, text, at);
    if (space !== undefined) {
      if ((space.match(/\n/g) ?? []).length > 1) comment = '';
      at += space.length;
      continue;
    }
    const remark = match(commentForm, text, at);
    if (remark !== undefined) {
      comment = startsLine(text, at) ? joined(comment, plainComment(remark)) : '';
      at += remark.length;
      continue;
    }
    const token = readToken(text, at, comment);
    tokens.push(token);
    comment = '';
    at = token.end;
  }
  tokens.push({ kind: 'end', value: '', at, end: at, comment: '' });
  return tokens;
}

function readToken(text: string, at: number, comment: string): Token {
  const token = (kind: TokenKind, value: string, length: number): Token => ({
    kind,
    value,
    at,
    end: at + length,
    comment,
  });
  const word = match(wordForm, text, at);
  if (word !== undefined) return token('word', word, word.length);
  const number = match(numberForm, text, at);
  if (number !== undefined) return token('number', number, number.length);
  const quoted = match(textForm, text, at);
  if (quoted !== undefined) return token('text', unescaped(quoted.slice(1, -1)), quoted.length);
  const mark = text[at] ?? '';
  if (!'{}[]()<>=;,.:+-/'.includes(mark)) {
    const shown = JSON.stringify(mark);
    throw new SchemaRefusal(at, 'not-protobuf', `${shown} does not belong here`, 'Correct the .proto text.');
  }
  return token('mark', mark, 1);
}

const startsLine = (text: string, at: number): boolean =>
  /^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', at - 1) + 1, at));

const joined = (before: string, next: string): string => (before === '' ? next : `${before}\n${next}`);

const plainComment = (remark: string): string =>
  remark.startsWith('//')
    ? remark.slice(2).trim()
    : remark
        .slice(2, -2)
        .split('\n')
        .map((line) => line.replace(/^\s*\*?\s?/, '').trimEnd())
        .join('\n')
        .trim();

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (whole: string, letter: string) => escapes[letter] ?? whole);
