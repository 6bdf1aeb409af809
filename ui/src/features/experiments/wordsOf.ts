import { recogniseText } from "@/entities/chat/recogniseChat";
import { parseJson, writeJson } from "@/lib/json";

/** JSON text as people read it: the one text that it stands for, if it does, or else laid out. */
export function wordsOf(json: string | null): string | null {
  if (json === null) return null;
  try {
    const value = parseJson(json);
    return recogniseText(value) ?? writeJson(value);
  } catch {
    return json;
  }
}
