import { isObject, parseJson, writeJson } from "@/lib/json";
import { placedProblem } from "@/lib/jsonProblem";

// The data of an item as fields to be written into: texts as they are, anything else as JSON. Pure.

export type Field = { key: string; text: string; isJson: boolean; isNew: boolean };

export function fieldsOf(data: string): Field[] {
  const value = parseJson(data);
  if (!isObject(value)) return [];
  return Object.entries(value).map(([key, part]) => ({
    key,
    text: typeof part === "string" ? part : writeJson(part),
    isJson: typeof part !== "string",
    isNew: false,
  }));
}

/** New keys without a name are left out. */
export function writeFields(fields: readonly Field[]): { data: string } | { problem: string } {
  const parts: string[] = [];
  const keys = new Set<string>();
  for (const { key, text, isJson, isNew } of fields) {
    if (isNew && key.trim() === "") continue;
    if (keys.has(key)) return { problem: `\`${key}\` is there twice.` };
    keys.add(key);
    const problem = isJson ? placedProblem(text) : null;
    if (problem) return { problem: `\`${key}\` is not JSON. ${problem}` };
    parts.push(`${JSON.stringify(key)}:${isJson ? text.trim() : JSON.stringify(text)}`);
  }
  return { data: `{${parts.join(",")}}` };
}

/** The data with another value under a key, which need not be there yet. */
export function withField(data: string, field: Omit<Field, "isNew">): { data: string } | { problem: string } {
  const fields = fieldsOf(data);
  const written = { ...field, isNew: false };
  const isKnown = fields.some(({ key }) => key === field.key);
  return writeFields(isKnown ? fields.map((old) => (old.key === field.key ? written : old)) : [...fields, written]);
}

/** An item that was written as one piece of JSON. */
export function readItem(text: string): { fields: Field[] } | { problem: string } {
  const problem = placedProblem(text);
  if (problem) return { problem: `The item is not JSON. ${problem}` };
  if (!isObject(parseJson(text))) return { problem: "An item is an object: keys with values, between braces." };
  return { fields: fieldsOf(text) };
}
