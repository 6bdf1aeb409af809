import styles from "./LogsTable.module.css";

// What stands in cells of more than one kind of things.

export function Preview({ text }: { text: string | null | undefined }) {
  return <span className={styles.preview}>{text?.replace(/\s+/g, " ")}</span>;
}

export function Running() {
  return <span className={styles.running}>running</span>;
}
