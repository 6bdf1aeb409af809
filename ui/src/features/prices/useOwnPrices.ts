import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const OwnPricesQuery = graphql(`
  query OwnPrices($first: Int!, $offset: Int!) {
    ownPrices(first: $first, offset: $offset) {
      total
      items {
        id
        provider
        model
        effectiveFrom
        rates {
          item
          perMillion
        }
        setBy
      }
    }
  }
`);

export type OwnPrice = DocumentType<typeof OwnPricesQuery>["ownPrices"]["items"][number];

const PAGE_PRICES = 100;

/** The prices that the workspace sets for itself. */
export function useOwnPrices() {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<OwnPrice>> => {
    const offset = Number(after ?? 0);
    const data = await askAnew(client, OwnPricesQuery, { first: PAGE_PRICES, offset });
    const { items, total } = data.ownPrices;
    const end = offset + items.length;
    return {
      items,
      hasNextPage: items.length > 0 && end < total,
      endCursor: String(end),
      totalCount: total,
      position: null,
    };
  };
  const list = useLiveList({ key: "prices", load });
  useChanges({ kinds: ["PRICE"], onChanged: list.catchUp });
  return list;
}
