import { Badge } from "@/components/Badge";
import { type ListColumn, ListTable } from "@/components/ListTable";
import { SectionHead } from "@/components/SectionHead";
import { Time } from "@/components/Time";
import { type DocumentType, type FragmentType, graphql, readFragment } from "@/gql";
import { formatCount } from "@/lib/format";

export const RepricingFragment = graphql(`
  fragment Repricing on Repricing {
    id
    from
    begunAt
    begunBy
    seen
    changed
    endedAt
  }
`);

type Repricing = DocumentType<typeof RepricingFragment>;
type RepricingsProps = { repricings: readonly FragmentType<typeof RepricingFragment>[] };

/** How often the past was priced anew, and how far the last time is. */
export function Repricings(props: RepricingsProps) {
  const repricings = readFragment(RepricingFragment, props.repricings);
  if (repricings.length === 0) return null;
  return (
    <section aria-labelledby="repricings">
      <SectionHead id="repricings" title="The past, priced anew" />
      <ListTable label="Repricings" columns={COLUMNS} rows={repricings} keyOf={({ id }) => id} />
    </section>
  );
}

const COLUMNS: ListColumn<Repricing>[] = [
  { label: "Spans from", cell: ({ from }) => from.slice(0, 10) },
  {
    label: "State",
    cell: ({ endedAt }) => <Badge tone={endedAt ? "accent" : "plain"}>{endedAt ? "done" : "going on"}</Badge>,
  },
  { label: "Looked at", isNumeric: true, cell: ({ seen }) => formatCount(seen) },
  { label: "Cost something else", isNumeric: true, cell: ({ changed }) => formatCount(changed) },
  { label: "By", isMinor: true, cell: ({ begunBy }) => begunBy },
  { label: "Begun", isMinor: true, cell: ({ begunAt }) => <Time at={begunAt} style="relative" /> },
];
