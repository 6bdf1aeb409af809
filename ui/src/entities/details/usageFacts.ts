import type { Fact } from "@/entities/details/Facts";
import { formatCount } from "@/lib/format";

const ORIGINAL = "original_usage.";

/** Counts with readable names: `prompt_tokens` → "prompt tokens", and once only what the SDK sends under two keys. */
export function usageFacts(usage: readonly { key: string; value: number }[]): Fact[] {
  const plain = new Set(usage.map(({ key }) => key));
  return usage
    .filter(({ key }) => !key.startsWith(ORIGINAL) || !plain.has(key.slice(ORIGINAL.length)))
    .map(({ key, value }) => ({
      label: key.replace(ORIGINAL, "").replaceAll(/[_.]/g, " "),
      value: formatCount(value),
    }));
}
