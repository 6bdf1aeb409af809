import type { Client } from "@urql/core";
import { labelOf, unitOf } from "@/features/experiments/comparison";
import type { Side } from "@/features/experiments/useComparison";
import { type DocumentType, graphql } from "@/gql";
import type { ComparisonFocus } from "@/gql/graphql";
import { writeCsv } from "@/lib/csv";
import { download } from "@/lib/download";
import { failureOf } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import type { SortOrder } from "@/lib/sortOrder";

const ExportedItemsQuery = graphql(`
  query ExportedItems(
    $ids: [ID!]!
    $focus: ComparisonFocus
    $sort: Sort
    $filter: String
    $first: Int!
    $after: String
  ) {
    compareExperiments(ids: $ids, focus: $focus, sort: $sort, filter: $filter, first: $first, after: $after) {
      nodes {
        datasetItemId
        datasetItem {
          id
          data
        }
        cells {
          experimentId
          items {
            id
            traceId
            trace {
              id
              output
            }
          }
          values {
            measure
            value
            difference
          }
          runs {
            passedCount
            totalCount
          }
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

type Page = DocumentType<typeof ExportedItemsQuery>["compareExperiments"];
type Row = Page["nodes"][number];

/** Every page is found by a walk over all items, so few large ones come sooner; outputs may be too large for those. */
const PAGES_ITEMS = [500, 50, 5];
const EXPORTED_ITEMS_MAX = 20_000;
const NAME_CHARS_MAX = 120;

type Exported = {
  ids: readonly string[];
  focus: ComparisonFocus | null;
  sort: SortOrder | null;
  filter: string;
  sides: readonly Side[];
  /** So many items have been read. */
  onRead: (count: number) => void;
};

/** The items in this order, with what each experiment made of them, as a file. Says what there is to say of it. */
export async function exportComparison(client: Client, exported: Exported): Promise<string | null> {
  const { sides, onRead } = exported;
  const rows: Row[] = [];
  let after: string | null = null;
  for (;;) {
    const answer: Answer = await readPage(client, exported, after);
    if (!answer.page) return answer.problem;
    rows.push(...answer.page.nodes);
    onRead(rows.length);
    after = answer.page.pageInfo.hasNextPage ? (answer.page.pageInfo.endCursor ?? null) : null;
    if (after === null || rows.length >= EXPORTED_ITEMS_MAX) break;
  }
  const name = sides.map(({ experiment }) => experiment.name).join(" and ");
  const lines = [headOf(sides), ...rows.map((row) => lineOf(row, sides))];
  download(`${name.slice(0, NAME_CHARS_MAX)}.csv`, "text/csv", writeCsv(lines));
  return after === null ? null : `The file has the first ${formatCount(rows.length)} items.`;
}

type Answer = { page: Page | null; problem: string };

async function readPage(client: Client, { ids, focus, sort, filter }: Exported, after: string | null): Promise<Answer> {
  let problem = "The server sent no answer.";
  for (const first of PAGES_ITEMS) {
    const { data, error } = await client
      .query(
        ExportedItemsQuery,
        { ids: [...ids], focus, sort, filter: filter || null, first, after },
        { requestPolicy: "network-only" },
      )
      .toPromise();
    if (data) return { page: data.compareExperiments, problem };
    if (error) problem = failureOf(error).message;
  }
  return { page: null, problem };
}

function headOf(sides: readonly Side[]): string[] {
  const columns = sides.flatMap(({ experiment: { name }, measures }, side) => [
    `${name}: output`,
    `${name}: trace`,
    `${name}: passed runs`,
    `${name}: runs with assertions`,
    ...measures.flatMap(({ measure }) => {
      const unit = unitOf(measure);
      const label = `${name}: ${labelOf(measure)}${unit ? ` (${unit})` : ""}`;
      return side === 0 ? [label] : [label, `${label}, difference`];
    }),
  ]);
  return ["item", "data", ...columns];
}

function lineOf({ datasetItemId, datasetItem, cells }: Row, sides: readonly Side[]) {
  const columns = sides.flatMap(({ experiment, measures }, side) => {
    const cell = cells.find(({ experimentId }) => experimentId === experiment.id);
    const inMeasure = (name: string) => cell?.values.find(({ measure }) => measure === name);
    return [
      cell?.items.map(({ trace }) => trace?.output ?? "").join("\n"),
      cell?.items.map(({ traceId }) => traceId).join("\n"),
      cell?.runs?.passedCount,
      cell?.runs?.totalCount,
      ...measures.flatMap(({ measure }) => {
        const found = inMeasure(measure);
        return side === 0 ? [found?.value] : [found?.value, found?.difference];
      }),
    ];
  });
  return [datasetItemId, datasetItem?.data, ...columns];
}
