import type { PriceItem } from "@/gql/graphql";

// What is counted, in words.

export const ITEMS: readonly { id: PriceItem; label: string }[] = [
  { id: "INPUT", label: "input" },
  { id: "OUTPUT", label: "output" },
  { id: "CACHE_READ", label: "read from the cache" },
  { id: "CACHE_WRITE", label: "written to the cache" },
];

export function ratesText(rates: readonly { item: PriceItem; perMillion: string }[]): string {
  return rates
    .map(({ item, perMillion }) => {
      const word = ITEMS.find(({ id }) => id === item)?.label ?? item.toLowerCase().replaceAll("_", " ");
      return `${word} $${perMillion}`;
    })
    .join(", ");
}
