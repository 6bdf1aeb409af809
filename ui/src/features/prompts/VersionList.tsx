import { GitCompareArrows } from "lucide-react";
import { IconButton } from "@/components/IconButton";
import { LoadMore, type More } from "@/components/LoadMore";
import { TagList } from "@/components/TagList";
import { Time } from "@/components/Time";
import type { Version } from "@/features/prompts/usePrompt";
import styles from "./Prompts.module.css";

type VersionListProps = {
  versions: readonly Version[];
  /** Null if there are no older ones than these. */
  more: More | null;
  shownId: string;
  comparedId: string | null;
  onChoose: (id: string) => void;
  onCompare: (id: string) => void;
};

/** The versions over time, the newest first. */
export function VersionList({ versions, more, shownId, comparedId, ...callbacks }: VersionListProps) {
  return (
    <nav aria-label="Versions" className={styles.list}>
      <ol>
        {versions.map((version) => (
          <li
            key={version.id}
            className={styles.version}
            data-shown={version.id === shownId || undefined}
            data-compared={version.id === comparedId || undefined}
          >
            <button
              type="button"
              aria-current={version.id === shownId ? "true" : undefined}
              onClick={() => callbacks.onChoose(version.id)}
            >
              <strong>v{version.number}</strong> <code>{version.commit}</code>
              {version.changeDescription && <span className={styles.said}>{version.changeDescription}</span>}
              <span className={styles.when}>
                <Time at={version.createdAt} style="relative" /> by {version.createdBy}
              </span>
            </button>
            {version.id !== shownId && (
              <IconButton label={`Compare with v${version.number}`} onPress={() => callbacks.onCompare(version.id)}>
                <GitCompareArrows aria-hidden />
              </IconButton>
            )}
            <TagList label={`Environments of v${version.number}`} tone="accent" tags={version.environments} />
            <TagList label={`Tags of v${version.number}`} tags={version.tags} />
          </li>
        ))}
      </ol>
      {more && (
        <div className={styles.more}>
          <LoadMore {...more} />
        </div>
      )}
    </nav>
  );
}
