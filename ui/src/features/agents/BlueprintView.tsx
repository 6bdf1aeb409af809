import type { ReactNode } from "react";
import { Badge } from "@/components/Badge";
import { CopyButton } from "@/components/CopyButton";
import { type ListColumn, ListTable, RowNote } from "@/components/ListTable";
import { Facts } from "@/entities/details/Facts";
import { kindName } from "@/features/agents/kinds";
import { type AgentValue, type Blueprint, nameOf } from "@/features/agents/useConfiguration";
import { formatInstant } from "@/lib/format";
import styles from "./Agents.module.css";

/** What one version says, and what can be done with it. */
export function BlueprintView({ blueprint, children }: { blueprint: Blueprint; children: ReactNode }) {
  const { description, environments, values, createdAt, createdBy, id } = blueprint;
  const name = nameOf(blueprint);
  return (
    <article className={styles.view} aria-label={`Version ${name}`}>
      <header className={styles.head}>
        <h2>{name}</h2>
        {children}
        <CopyButton label="Copy the ID of the version" text={id} />
      </header>
      <Facts
        label="Facts"
        facts={[
          { label: "In use in", value: environments.join(", ") },
          { label: "Created", value: formatInstant(createdAt) },
          { label: "By", value: createdBy },
        ]}
      />
      {description && <p className={styles.said}>{description}</p>}
      <ListTable label={`Values of ${name}`} columns={COLUMNS} rows={values} keyOf={({ key }) => key} />
    </article>
  );
}

const COLUMNS: ListColumn<AgentValue>[] = [
  {
    label: "Key",
    cell: ({ key, description }) => (
      <div className={styles.key}>
        <code>{key}</code>
        <RowNote>{description}</RowNote>
      </div>
    ),
  },
  {
    label: "Value",
    cell: ({ value }) =>
      value == null ? <em className={styles.soft}>no value</em> : <pre className={styles.value}>{value}</pre>,
  },
  { label: "Type", isMinor: true, cell: ({ kind }) => <Badge>{kindName(kind)}</Badge> },
];
