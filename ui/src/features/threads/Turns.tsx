import { type ReactNode, useState } from "react";
import { useQuery } from "urql";
import { Button } from "@/components/Button";
import { Found } from "@/components/Found";
import { Turn } from "@/features/threads/Turn";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import { useThrottledChange } from "@/lib/useThrottledChange";
import styles from "./Conversation.module.css";

const TurnsQuery = graphql(`
  query Turns($id: ID!, $first: Int!, $after: String) {
    thread(id: $id) {
      id
      traceCount
      traces(first: $first, after: $after) {
        nodes {
          id
          ...Turn
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  }
`);

/** Each may bring all that was said before along with it. */
const PAGE_TURNS = 25;
const READ_AGAIN_MS = 600;

type TurnsProps = {
  threadId: string;
  /** Grows with every change of the thread. */
  revision: number;
  traceLink: (traceId: string) => ReactNode;
  /** Where a page begins, and how many turns stand before it. */
  after?: string | null;
  before?: number;
};

/** What was said, the earliest first, page by page: each page shows the next one beneath it. */
export function Turns({ threadId, revision, traceLink, after = null, before = 0 }: TurnsProps) {
  const [showsLater, setShowsLater] = useState(false);
  const [{ data, error }, read] = useQuery({
    query: TurnsQuery,
    variables: { id: threadId, first: PAGE_TURNS, after },
    requestPolicy: "cache-and-network",
  });
  const refresh = () => read({ requestPolicy: "network-only" });
  useThrottledChange({
    revision,
    intervalMs: READ_AGAIN_MS,
    onChange: () => {
      refresh();
      return true;
    },
  });
  return (
    <Found what="turns" value={data?.thread} failure={error ? failureOf(error) : null} onRetry={refresh}>
      {({ traceCount, traces: { nodes, pageInfo } }) => {
        const shown = before + nodes.length;
        return (
          <>
            {nodes.map((trace, at) => (
              <Turn key={trace.id} trace={trace} number={before + at + 1} link={traceLink(trace.id)} />
            ))}
            {pageInfo.hasNextPage && !showsLater && (
              <div className={styles.more}>
                <Button onPress={() => setShowsLater(true)}>
                  Show later turns ({formatCount(Math.max(0, traceCount - shown))})
                </Button>
              </div>
            )}
            {pageInfo.hasNextPage && showsLater && (
              <Turns {...{ threadId, revision, traceLink }} after={pageInfo.endCursor ?? null} before={shown} />
            )}
          </>
        );
      }}
    </Found>
  );
}
