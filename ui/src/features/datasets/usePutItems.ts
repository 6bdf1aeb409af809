import { useMutation } from "urql";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const PutDatasetItemsMutation = graphql(`
  mutation PutDatasetItems($input: PutDatasetItemsInput!) {
    putDatasetItems(input: $input) {
      id
      itemCount
      versionCount
    }
  }
`);

/** What one request takes, of items and of characters. */
const BATCH_ITEMS_MAX = 500;
const BATCH_CHARS_MAX = 1_000_000;

export function batchesOf(items: readonly string[]): string[][] {
  const batches: string[][] = [];
  let chars = 0;
  for (const item of items) {
    const last = batches.at(-1);
    if (last && last.length < BATCH_ITEMS_MAX && chars + item.length <= BATCH_CHARS_MAX) last.push(item);
    else {
      batches.push([item]);
      chars = 0;
    }
    chars += item.length;
  }
  return batches;
}

/** Sends items in parts that make one version together; says what went wrong, if something did. */
export function usePutItems() {
  const [, put] = useMutation(PutDatasetItemsMutation);
  return async (
    datasetId: string,
    items: readonly string[],
    onSent: (count: number) => void,
  ): Promise<string | null> => {
    const groupId = crypto.randomUUID();
    let sent = 0;
    onSent(0);
    for (const batch of batchesOf(items)) {
      const { error } = await put({ input: { datasetId, groupId, items: batch.map((data) => ({ data })) } });
      if (error) return `${failureOf(error).message}${sent > 0 ? ` (${sent} items are there already)` : ""}`;
      sent += batch.length;
      onSent(sent);
    }
    return null;
  };
}
