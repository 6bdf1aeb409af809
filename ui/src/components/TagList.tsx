import { Badge } from "@/components/Badge";
import styles from "./TagList.module.css";

type TagListProps = { label: string; tags: readonly string[]; tone?: "plain" | "accent" };

export function TagList({ label, tags, tone = "plain" }: TagListProps) {
  if (tags.length === 0) return null;
  return (
    <ul aria-label={label} className={styles.tags}>
      {tags.map((tag) => (
        <li key={tag}>
          <Badge tone={tone}>{tag}</Badge>
        </li>
      ))}
    </ul>
  );
}
