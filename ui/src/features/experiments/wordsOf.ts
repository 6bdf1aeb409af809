import { recogniseText } from "@/entities/chat/recogniseChat";
import { isObject, parseJson, writeJson } from "@/lib/json";

/** JSON text as people read it: the one text that it stands for, if it does; or key by key; or laid out. */
export function wordsOf(json: string | null): string | null {
  if (json === null) return null;
  try {
    const value = parseJson(json);
    const text = recogniseText(value);
    if (text !== null || !isObject(value)) return text ?? writeJson(value);
    const parts = Object.entries(value).map(
      ([key, part]) => `${key}: ${typeof part === "string" ? part : writeJson(part)}`,
    );
    return parts.join("\n");
  } catch {
    return json;
  }
}
