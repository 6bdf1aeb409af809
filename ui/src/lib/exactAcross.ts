import { ExactNumber, isObject, type JsonValue } from "@/lib/json";

// What is sent between threads loses its class: exact numbers go as objects of a key that no JSON text has by chance.

const KEY = "\u0000exact";

export function packExact(value: JsonValue): JsonValue {
  return mapped(value, (leaf) => (leaf instanceof ExactNumber ? { [KEY]: leaf.text } : leaf));
}

export function unpackExact(value: JsonValue): JsonValue {
  const text = isObject(value) ? value[KEY] : undefined;
  if (typeof text === "string") return new ExactNumber(text);
  if (Array.isArray(value)) return value.map(unpackExact);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, unpackExact(child)]));
}

function mapped(value: JsonValue, change: (leaf: JsonValue) => JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((child) => mapped(child, change));
  if (!isObject(value)) return change(value);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, mapped(child, change)]));
}
