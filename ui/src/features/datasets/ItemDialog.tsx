import { ChevronLeft, ChevronRight, Plus } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Button } from "@/components/Button";
import { CodeField } from "@/components/code/CodeField";
import { Form, FormActions, FormRow, Problem, TextField } from "@/components/Form";
import { IconButton } from "@/components/IconButton";
import { ModalDialog } from "@/components/ModalDialog";
import { Segmented } from "@/components/Segmented";
import type { Row, Written } from "@/features/datasets/draft";
import type { Field } from "@/features/datasets/fields";
import { ItemField } from "@/features/datasets/ItemField";
import { TermsFields } from "@/features/datasets/TermsFields";
import { useWrittenItem } from "@/features/datasets/useWrittenItem";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./Datasets.module.css";

type ItemDialogProps = {
  rows: readonly Row[];
  openId: string | null;
  isReadOnly: boolean;
  /** Whether items may say how they are tried. */
  isSuite: boolean;
  traceLink: (traceId: string) => ReactNode;
  onOpen: (id: string | null) => void;
  onWrite: (id: string, change: Partial<Written>) => void;
};

/** One item, key by key or in one piece, with what is said about it and asked of it. */
export function ItemDialog({ rows, openId, isReadOnly, isSuite, traceLink, onOpen, onWrite }: ItemDialogProps) {
  const at = rows.findIndex(({ id }) => id === openId);
  const row = rows[at];
  const body = useRef<HTMLDivElement>(null);
  const wayTo = (next: Row | undefined) => {
    if (!next) return null;
    return () => {
      onOpen(next.id);
      // What had the focus goes away with the item: it stays in the dialog, where the keys go on.
      body.current?.focus({ preventScroll: true });
    };
  };
  return (
    <ModalDialog title={`Item ${at + 1}`} isWide isOpen={row !== undefined} onOpenChange={() => onOpen(null)}>
      {row && (
        <div ref={body} tabIndex={-1} className={styles.opened}>
          <ItemForm
            key={row.id}
            {...{ row, isReadOnly, isSuite }}
            origin={row.traceId && traceLink(row.traceId)}
            onPrevious={wayTo(rows[at - 1])}
            onNext={wayTo(rows[at + 1])}
            onWrite={(change) => onWrite(row.id, change)}
            onDone={() => onOpen(null)}
          />
        </div>
      )}
    </ModalDialog>
  );
}

const SHAPES = [
  { id: "keys", label: "Keys" },
  { id: "json", label: "JSON" },
] as const;

type ItemFormProps = {
  row: Row;
  isReadOnly: boolean;
  isSuite: boolean;
  /** The way to what it was taken from. */
  origin: ReactNode;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
  onWrite: (change: Partial<Written>) => void;
  onDone: () => void;
};

function ItemForm({ row, isReadOnly, isSuite, origin, onPrevious, onNext, onWrite, onDone }: ItemFormProps) {
  const item = useWrittenItem(row);
  const leave = (go: () => void) => () => {
    const change = item.read();
    if (!change) return;
    if (!isReadOnly && Object.keys(change).length > 0) onWrite(change);
    go();
  };
  const [previous, next] = [onPrevious && leave(onPrevious), onNext && leave(onNext)];
  useHotkeys({ ...(next && { j: next }), ...(previous && { k: previous }) }, { isInDialog: true });
  return (
    <Form onSubmit={leave(onDone)}>
      <FormRow>
        <IconButton label="Previous item" shortcut="K" isDisabled={!previous} onPress={() => previous?.()}>
          <ChevronLeft aria-hidden />
        </IconButton>
        <IconButton label="Next item" shortcut="J" isDisabled={!next} onPress={() => next?.()}>
          <ChevronRight aria-hidden />
        </IconButton>
        <Segmented label="How the item is shown" options={SHAPES} value={item.shape} onChange={item.reshape} />
        {origin && <span className={styles.origin}>{origin}</span>}
      </FormRow>
      <ItemData item={item} isReadOnly={isReadOnly} />
      <section className={styles.about} aria-label="About this item">
        <FormRow>
          <TextField
            label="Description of the item"
            readOnly={isReadOnly}
            value={item.description}
            onChange={item.setDescription}
          />
          <TextField
            label="Tags of the item"
            hint="Several with commas between them"
            readOnly={isReadOnly}
            value={item.tags}
            onChange={item.setTags}
          />
        </FormRow>
        {isSuite && (
          <>
            <p className={styles.hint}>
              Its assertions are asked beside those of the suite. Without runs of its own it is tried as often as the
              others.
            </p>
            <TermsFields value={item.terms} isReadOnly={isReadOnly} onChange={item.setTerms} />
          </>
        )}
      </section>
      <Problem text={item.problem} />
      {!isReadOnly && (
        <FormActions>
          <Button kind="primary" type="submit">
            Keep in draft
          </Button>
        </FormActions>
      )}
    </Form>
  );
}

type ItemDataProps = { item: ReturnType<typeof useWrittenItem>; isReadOnly: boolean };

function ItemData({ item, isReadOnly }: ItemDataProps) {
  if (item.whole !== null) {
    return (
      <CodeField
        label="Item as JSON"
        language="json"
        rows={12}
        isReadOnly={isReadOnly}
        value={item.whole}
        onChange={item.setWhole}
      />
    );
  }
  return (
    <>
      {item.fields.map((field, at) => (
        // A new key is only being written, and has no other name than its place.
        <ItemField
          key={field.isNew ? at : `key ${field.key}`}
          {...{ field, isReadOnly }}
          onChange={(next) => item.setFields(item.fields.with(at, next))}
        />
      ))}
      {!isReadOnly && (
        <div>
          <Button onPress={() => item.setFields([...item.fields, NEW_FIELD])}>
            <Plus aria-hidden /> Add key
          </Button>
        </div>
      )}
    </>
  );
}

const NEW_FIELD: Field = { key: "", text: "", isJson: false, isNew: true };
