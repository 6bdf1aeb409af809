import { X } from "lucide-react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { DiffView } from "@/components/DiffView";
import { diffOfTexts } from "@/components/diffOfTexts";
import { EmptyState } from "@/components/EmptyState";
import { kindName } from "@/features/agents/kinds";
import { type AgentValue, type Blueprint, nameOf } from "@/features/agents/useConfiguration";
import { type ValueChange, valueChanges } from "@/features/agents/valueChanges";
import { formatAmount } from "@/lib/format";
import styles from "./Agents.module.css";

type BlueprintDiffProps = { older: Blueprint; newer: Blueprint; onClose: () => void };

/** What changed from one version to a later one, value by value. */
export function BlueprintDiff({ older, newer, onClose }: BlueprintDiffProps) {
  const changes = valueChanges(older.values, newer.values);
  const title = `${nameOf(older)} → ${nameOf(newer)}`;
  return (
    <article className={styles.view} aria-label={`What changed, ${title}`}>
      <header className={styles.head}>
        <h2>{title}</h2>
        <span className={styles.soft}>
          {formatAmount(changes.length, { one: "value differs", many: "values differ" })}
        </span>
        <Button onPress={onClose}>
          <X aria-hidden /> Close comparison
        </Button>
      </header>
      <ValueChanges changes={changes} />
    </article>
  );
}

/** Each value that differs, with what it was and what it is. */
export function ValueChanges({ changes }: { changes: readonly ValueChange[] }) {
  if (changes.length === 0)
    return <EmptyState title="Both say the same">Only their descriptions may differ.</EmptyState>;
  return changes.map((change) => (
    <section key={change.key} className={styles.change} aria-label={`${change.key} ${change.act}`}>
      <header className={styles.changeHead}>
        <h3>
          <code>{change.key}</code>
        </h3>
        <Badge tone={change.act === "removed" ? "danger" : "accent"}>{change.act}</Badge>
        <span className={styles.soft}>{kindsOf(change)}</span>
      </header>
      <DiffView label={`Lines of ${change.key}`} lines={diffOfTexts(textOf(change.before), textOf(change.after))} />
    </section>
  ));
}

function kindsOf({ before, after }: ValueChange): string {
  const kinds = [before, after].flatMap((value) => (value ? [kindName(value.kind)] : []));
  return [...new Set(kinds)].join(" → ");
}

/** One text, so that a description that changed is seen as well. */
const textOf = (value: Pick<AgentValue, "value" | "description"> | null): string =>
  [value?.value, value?.description && `# ${value.description}`]
    .filter((part) => part != null && part !== "")
    .join("\n");
