import { type JsonValue, parseJson } from "@/lib/json";

// What the server sends of recorded things, as it goes into files.

type Recorded = { input?: string | null; output?: string | null; metadata?: string | null };

/** With its texts of JSON as the values that they stand for, digit by digit. */
export function exactly(thing: Recorded): { [key: string]: JsonValue } {
  const { input, output, metadata, ...rest } = thing;
  const value = (text: string | null | undefined): JsonValue => (text == null ? null : parsed(text));
  return { ...plainly(rest), input: value(input), output: value(output), metadata: value(metadata) };
}

/** What went wrong with it, in one line. */
export const problemOf = (error: { exceptionType?: string | null; message?: string | null } | null | undefined) =>
  error && [error.exceptionType, error.message].filter(Boolean).join(": ");

/** Without what only the cache of the page needs. */
export function plainly(thing: object): { [key: string]: JsonValue } {
  const plain = parseJson(JSON.stringify(thing, (key, each) => (key === "__typename" ? undefined : each)));
  return plain as { [key: string]: JsonValue };
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
