/** Names that were written with commas between them, each once. */
export function namesOf(text: string): string[] {
  return [...new Set(text.split(",").map((name) => name.trim()))].filter((name) => name !== "");
}
