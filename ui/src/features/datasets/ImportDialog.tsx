import { type ChangeEvent, useId, useState } from "react";
import { Button } from "@/components/Button";
import { CheckField, Form, FormActions, Problem } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { ITEMS } from "@/features/datasets/EditItemsDialog";
import { itemOf, type Mapping, readTable, type Table } from "@/features/datasets/readFile";
import type { Dataset } from "@/features/datasets/useDataset";
import { usePutItems } from "@/features/datasets/usePutItems";
import { formatAmount, formatCount } from "@/lib/format";
import { showToast } from "@/lib/toasts";
import styles from "./Datasets.module.css";

type ImportDialogProps = {
  dataset: Dataset;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onImported: () => void;
};

export function ImportDialog({ dataset, isOpen, onOpenChange, onImported }: ImportDialogProps) {
  return (
    <ModalDialog title="Import a file" isWide isOpen={isOpen} onOpenChange={onOpenChange}>
      <ImportForm
        dataset={dataset}
        onImported={() => {
          onImported();
          onOpenChange(false);
        }}
      />
    </ModalDialog>
  );
}

const FILE_BYTES_MAX = 64 << 20;

function ImportForm({ dataset, onImported }: Pick<ImportDialogProps, "dataset" | "onImported">) {
  const id = useId();
  const put = usePutItems();
  const [table, setTable] = useState<Table | null>(null);
  const [mapping, setMapping] = useState<Mapping>(new Map());
  const [readsValues, setReadsValues] = useState(true);
  const [problem, setProblem] = useState<string | null>(null);
  const [sentCount, setSentCount] = useState<number | null>(null);
  const onFile = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    setTable(null);
    setProblem(null);
    if (!file) return;
    if (file.size > FILE_BYTES_MAX) return setProblem("The file is larger than 64 MiB: cut it, or send it by the SDK.");
    try {
      const found = readTable(file.name, await file.text());
      if (found.rows.length === 0) return setProblem("There are no items in this file.");
      setMapping(new Map(found.columns.map((column) => [column, column])));
      setTable(found);
    } catch (cause) {
      setProblem(cause instanceof Error ? `The file cannot be read: ${cause.message}.` : "The file cannot be read.");
    }
  };
  const submit = async () => {
    if (!table) return setProblem("Choose a file first.");
    const items = table.rows.map((row) => itemOf(row, { mapping, readsValues }));
    const said = await put(dataset.id, items, setSentCount);
    setSentCount(null);
    if (said) return setProblem(said);
    showToast(`Imported ${formatAmount(items.length, ITEMS)}.`);
    onImported();
  };
  return (
    <Form onSubmit={submit}>
      <div className={styles.file}>
        <label htmlFor={id}>A CSV, JSON or JSONL file</label>
        <input id={id} type="file" accept=".csv,.json,.jsonl,.ndjson,text/csv,application/json" onChange={onFile} />
      </div>
      {table && (
        <>
          <ColumnMapping table={table} mapping={mapping} onChange={setMapping} />
          <CheckField
            label="Read numbers, true, false and JSON in the cells of a CSV as such"
            value={readsValues}
            onChange={setReadsValues}
          />
          <section aria-label="First item" className={styles.preview}>
            <h3>The first item will be</h3>
            <pre>{table.rows[0] && itemOf(table.rows[0], { mapping, readsValues })}</pre>
          </section>
        </>
      )}
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={!table || sentCount !== null}>
          {sentCount === null
            ? `Import ${table ? formatAmount(table.rows.length, ITEMS) : "items"}`
            : `${formatCount(sentCount)} sent…`}
        </Button>
      </FormActions>
    </Form>
  );
}

type ColumnMappingProps = { table: Table; mapping: Mapping; onChange: (mapping: Mapping) => void };

function ColumnMapping({ table, mapping, onChange }: ColumnMappingProps) {
  const set = (column: string, key: string | null) => onChange(new Map(mapping).set(column, key));
  return (
    <div className={styles.scroll}>
      <table className={styles.items} aria-label="Columns">
        <thead>
          <tr>
            <th scope="col">Import</th>
            <th scope="col">Column of the file</th>
            <th scope="col">Key of the item</th>
            <th scope="col">For example</th>
          </tr>
        </thead>
        <tbody>
          {table.columns.map((column) => {
            const key = mapping.get(column) ?? null;
            return (
              <tr key={column}>
                <td>
                  <input
                    type="checkbox"
                    aria-label={`Import ${column}`}
                    checked={key !== null}
                    onChange={(event) => set(column, event.target.checked ? column : null)}
                  />
                </td>
                <td>{column}</td>
                <td>
                  <input
                    aria-label={`Key for ${column}`}
                    disabled={key === null}
                    value={key ?? ""}
                    onChange={(event) => set(column, event.target.value)}
                  />
                </td>
                <td>
                  <span className={styles.cell}>{table.rows[0]?.get(column)?.text.slice(0, 120)}</span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
