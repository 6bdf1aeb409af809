// Exact JSON text: parsed only when shown, and never changed by being shown.

/** A number that a double cannot hold; kept as the digits that were sent. */
export class ExactNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type JsonValue = null | boolean | number | string | ExactNumber | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

const LONG_NUMBER = /\d{16}|\d[eE][+-]?\d/;
const NUMBER_OR_STRING = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
// Opens a text that stands for a number while the parser runs; no JSON text holds this character unescaped.
const EXACT_MARK = "\u0000exact ";

export function parseJson(text: string): JsonValue {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text) as JsonValue;
  const marked = text.replace(NUMBER_OR_STRING, (token) =>
    token.startsWith('"') || isExact(token) ? token : JSON.stringify(EXACT_MARK + token),
  );
  return JSON.parse(marked, (_key, value: JsonValue) =>
    typeof value === "string" && value.startsWith(EXACT_MARK) ? new ExactNumber(value.slice(EXACT_MARK.length)) : value,
  ) as JsonValue;
}

/** Whether a double holds just this number: integers up to 2^53, and fractions of up to fifteen digits. */
function isExact(token: string): boolean {
  const value = Number(token);
  return Number.isInteger(value)
    ? Number.isSafeInteger(value)
    : Number.isFinite(value) && token.replace(/\D/g, "").length <= 17;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** Lays the text out with two spaces and leaves every literal exactly as it was. */
export function prettyJson(text: string): string {
  let out = "";
  let depth = 0;
  let index = 0;
  const newline = () => `\n${"  ".repeat(depth)}`;
  while (index < text.length) {
    const char = text[index] as string;
    if (char === '"') {
      const end = stringEnd(text, index);
      out += text.slice(index, end);
      index = end;
      continue;
    }
    index += 1;
    if (char === "{" || char === "[") {
      const close = char === "{" ? "}" : "]";
      const next = nextVisible(text, index);
      if (text[next] === close) {
        out += char + close;
        index = next + 1;
      } else {
        depth += 1;
        out += char + newline();
      }
    } else if (char === "}" || char === "]") {
      depth -= 1;
      out += newline() + char;
    } else if (char === ",") out += char + newline();
    else if (char === ":") out += ": ";
    else if (!/\s/.test(char)) out += char;
  }
  return out;
}

/** Laid out, and with breaks within texts as breaks: a long text in one line cannot be compared by eye. */
export function linedJson(text: string): string {
  return prettyJson(text).replace(/\\(.)/g, (escaped, letter) => (letter === "n" ? "\n" : escaped));
}

function stringEnd(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text[index] !== '"') index += text[index] === "\\" ? 2 : 1;
  return Math.min(index + 1, text.length);
}

function nextVisible(text: string, start: number): number {
  let index = start;
  while (index < text.length && /\s/.test(text[index] as string)) index += 1;
  return index;
}

/** Back to JSON text, for payload parts that are shown or copied by themselves. */
export function writeJson(value: JsonValue, indent = 2): string {
  return write(value, indent, 0);
}

/** All in one line. */
export function lineJson(value: JsonValue): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(lineJson).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, part]) => `${JSON.stringify(key)}:${lineJson(part)}`)
    .join(",")}}`;
}

function write(value: JsonValue, indent: number, depth: number): string {
  if (value instanceof ExactNumber) return value.text;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((item) => write(item, indent, depth + 1))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${write(item, indent, depth + 1)}`);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (parts.length === 0) return open + close;
  const inner = `\n${" ".repeat(indent * (depth + 1))}`;
  return `${open}${inner}${parts.join(`,${inner}`)}\n${" ".repeat(indent * depth)}${close}`;
}
