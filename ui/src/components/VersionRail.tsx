import { GitCompareArrows } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "@/components/IconButton";
import { LoadMore, type More } from "@/components/LoadMore";
import { Time } from "@/components/Time";
import styles from "./VersionRail.module.css";

export type RailVersion = {
  id: string;
  /** Such as `v3`. */
  name: string;
  /** Another name of it. */
  code?: string;
  said?: string | null | undefined;
  createdAt: string;
  createdBy: string;
  /** Where it is in use, its tags. */
  marks?: ReactNode;
};

export type VersionRailProps = {
  versions: readonly RailVersion[];
  /** Null if there are no older ones than these. */
  more: More | null;
  shownId: string;
  comparedId: string | null;
  /** Where one looks for a version. */
  find?: ReactNode;
  onChoose: (id: string) => void;
  onCompare: (id: string) => void;
  /** What is shown of the version that is chosen. */
  children: ReactNode;
};

/** The versions of something over time, the newest first, beside what the chosen one says. */
export function VersionRail({ versions, more, find, onChoose, onCompare, children, ...props }: VersionRailProps) {
  const { shownId, comparedId } = props;
  return (
    <div className={styles.versions}>
      <nav aria-label="Versions" className={styles.list}>
        {find && <div className={styles.find}>{find}</div>}
        {versions.length === 0 && <p className={styles.none}>No version says this.</p>}
        <ol>
          {versions.map(({ id, name, code, said, createdAt, createdBy, marks }) => (
            <li
              key={id}
              className={styles.version}
              data-shown={id === shownId || undefined}
              data-compared={id === comparedId || undefined}
            >
              <button type="button" aria-current={id === shownId ? "true" : undefined} onClick={() => onChoose(id)}>
                <strong>{name}</strong> {code && <code>{code}</code>}
                {said && <span className={styles.said}>{said}</span>}
                <span className={styles.when}>
                  <Time at={createdAt} style="relative" /> by {createdBy}
                </span>
              </button>
              {id !== shownId && (
                <IconButton label={`Compare with ${name}`} onPress={() => onCompare(id)}>
                  <GitCompareArrows aria-hidden />
                </IconButton>
              )}
              {marks}
            </li>
          ))}
        </ol>
        {more && (
          <div className={styles.more}>
            <LoadMore {...more} />
          </div>
        )}
      </nav>
      {children}
    </div>
  );
}
