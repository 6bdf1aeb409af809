import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { ColorKey } from "@/components/charts/ColorKey";
import { IconButton } from "@/components/IconButton";
import { writeCsv } from "@/lib/csv";
import { download } from "@/lib/download";
import styles from "./Charts.module.css";

type ChartFrameProps = {
  title: string;
  /** What it comes to. */
  value: ReactNode;
  /** The key to the colours, where there are several. */
  series?: readonly { label: string; color: string }[];
  /** What goes into a file, heads first; absent: nothing. */
  lines?: (() => readonly (readonly (string | number | null | undefined)[])[]) | undefined;
  /** How it is looked at. */
  tools?: ReactNode;
  children: ReactNode;
};

/** A chart with its name, what it comes to, the key to its colours, and the way into a file. */
export function ChartFrame({ title, value, series, lines, tools, children }: ChartFrameProps) {
  return (
    <section className={styles.card} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <strong>{value}</strong>
        {tools}
        {lines && (
          <IconButton
            label={`${title} as CSV`}
            onPress={() => download(`${title.toLowerCase()}.csv`, "text/csv", writeCsv(lines()))}
          >
            <Download aria-hidden />
          </IconButton>
        )}
      </header>
      {children}
      {series && <ColorKey label={`Colours of ${title}`} series={series} />}
    </section>
  );
}
