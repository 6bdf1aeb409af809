import { X } from "lucide-react";
import { useMemo } from "react";
import { useQuery } from "urql";
import { Button } from "@/components/Button";
import { DiffView } from "@/components/DiffView";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { MediaDiff } from "@/features/prompts/MediaDiff";
import { mediaPairs } from "@/features/prompts/mediaPairs";
import type { Version } from "@/features/prompts/usePrompt";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import styles from "./Prompts.module.css";

const PromptDiffQuery = graphql(`
  query PromptDiff($old: ID!, $new: ID!) {
    promptDiff(old: $old, new: $new) {
      addedCount
      removedCount
      lines {
        kind
        text
        oldNumber
        newNumber
      }
    }
  }
`);

type PromptDiffProps = { older: Version; newer: Version; onClose: () => void };

/** What changed from one version to a later one. */
export function PromptDiff({ older, newer, onClose }: PromptDiffProps) {
  const variables = { old: older.id, new: newer.id };
  const [{ data, error }, read] = useQuery({ query: PromptDiffQuery, variables });
  const title = `v${older.number} → v${newer.number}`;
  const pairs = useMemo(
    () => (newer.structure === "CHAT" ? mediaPairs(older.template, newer.template) : []),
    [older, newer],
  );
  return (
    <article className={styles.view} aria-label={`What changed, ${title}`}>
      <header className={styles.head}>
        <h2>{title}</h2>
        {data && (
          <span className={styles.when}>
            {data.promptDiff.addedCount} added, {data.promptDiff.removedCount} removed
          </span>
        )}
        <Button onPress={onClose}>
          <X aria-hidden /> Close comparison
        </Button>
      </header>
      {pairs.length > 0 && <MediaDiff pairs={pairs} older={`v${older.number}`} newer={`v${newer.number}`} />}
      <Found
        what="difference"
        value={data?.promptDiff}
        failure={error ? failureOf(error) : null}
        onRetry={() => read({ requestPolicy: "network-only" })}
      >
        {({ lines, addedCount, removedCount }) =>
          addedCount + removedCount === 0 ? (
            <EmptyState title="Both say the same">Only what is around the template may differ.</EmptyState>
          ) : (
            <DiffView label={`Lines of ${title}`} lines={lines} />
          )
        }
      </Found>
    </article>
  );
}
