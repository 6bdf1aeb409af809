import type { ReactNode } from "react";
import { CopyButton } from "@/components/CopyButton";
import { Tags } from "@/entities/details/Tags";
import { type NodeKind, SpanKindIcon } from "@/entities/spans/SpanKindIcon";
import styles from "./Details.module.css";

type DetailsProps = {
  kind: NodeKind;
  name: string;
  id: string;
  tags: readonly string[];
  onTag: (add: string[], remove: string[]) => Promise<string | null>;
  children: ReactNode;
};

/** The frame in which a trace or a span is laid out. */
export function Details({ kind, name, id, tags, onTag, children }: DetailsProps) {
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
      <Tags tags={tags} onTag={onTag} />
      {children}
    </article>
  );
}
