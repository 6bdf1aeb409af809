import type { ReactNode } from "react";
import { Badge } from "@/components/Badge";
import { CopyButton } from "@/components/CopyButton";
import { type NodeKind, SpanKindIcon } from "@/entities/spans/SpanKindIcon";
import styles from "./Details.module.css";

type DetailsProps = { kind: NodeKind; name: string; id: string; tags: readonly string[]; children: ReactNode };

/** The frame in which a trace or a span is laid out. */
export function Details({ kind, name, id, tags, children }: DetailsProps) {
  const noun = kind === "TRACE" ? "trace" : "span";
  return (
    <article className={styles.details} aria-label={`${noun} ${name}`}>
      <header className={styles.head}>
        <SpanKindIcon kind={kind} />
        <h2>{name}</h2>
        <div>
          <CopyButton label={`Copy ${noun} ID`} text={id} isWide />
        </div>
      </header>
      {tags.length > 0 && (
        <ul className={styles.tags} aria-label="Tags">
          {tags.map((tag) => (
            <li key={tag}>
              <Badge>{tag}</Badge>
            </li>
          ))}
        </ul>
      )}
      {children}
    </article>
  );
}
