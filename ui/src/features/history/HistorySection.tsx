import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import { IconButton } from "@/components/IconButton";
import { History, type Thing } from "@/features/history/History";
import type { Moment } from "@/features/history/moment";
import styles from "./History.module.css";

type HistorySectionProps = {
  thing: Thing;
  moment: Moment;
  revision: number;
  onMoment: (moment: Moment | undefined) => void;
};

/** A history in the place of what it is about. */
export function HistorySection({ thing, moment, revision, onMoment }: HistorySectionProps) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.focus({ preventScroll: true }), []);
  return (
    <section
      ref={section}
      tabIndex={-1}
      className={styles.section}
      aria-label="History"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        onMoment(moment === "changes" ? undefined : "changes");
      }}
    >
      <header className={styles.head}>
        <h2>History of this {thing.noun}</h2>
        <IconButton label="Close history" shortcut="Esc" onPress={() => onMoment(undefined)}>
          <X aria-hidden />
        </IconButton>
      </header>
      <History key={thing.id} {...{ thing, moment, revision, onMoment }} />
    </section>
  );
}
