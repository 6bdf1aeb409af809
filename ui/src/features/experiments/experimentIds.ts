// The experiments of a comparison in the address: a JSON list, since clients print such links.

export function readIds(text: string | undefined): string[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? [...new Set(value.filter((id): id is string => typeof id === "string"))] : [];
  } catch {
    return [];
  }
}

export const writeIds = (ids: readonly string[]) => JSON.stringify(ids);
