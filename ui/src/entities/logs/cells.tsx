import { Badge } from "@/components/Badge";
import styles from "./LogsTable.module.css";

// What stands in cells of more than one kind of things.

export function Preview({ text }: { text: string | null | undefined }) {
  return <span className={styles.preview}>{text?.replace(/\s+/g, " ")}</span>;
}

/** As many as there is room for, each of them whole. */
export function Badges({ texts }: { texts: readonly string[] }) {
  return (
    <span className={styles.badges} title={texts.join(", ") || undefined}>
      {texts.map((text) => (
        <Badge key={text}>{text}</Badge>
      ))}
    </span>
  );
}

export function Running() {
  return <span className={styles.running}>running</span>;
}
